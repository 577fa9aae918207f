// Tokens: only what the issuer signed, for this audience, now. Whatever else is one and the same refusal, and stands in no log.

import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { startTestIssuer, type TestIssuer } from '../../../tests/product/tokens.ts';

const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
const nowS = () => Math.floor(Date.now() / 1000);

let issuer: TestIssuer;
let verifyToken: typeof import('./token.ts').verifyToken;

beforeAll(async () => {
  issuer = await startTestIssuer();
  Object.assign(process.env, {
    OIDC_ISSUER: issuer.issuer,
    OIDC_AUDIENCE: issuer.audience,
    OIDC_JWKS_URI: 'none',
  });
});
beforeEach(async () => {
  logged.mockClear();
  jest.resetModules();
  ({ verifyToken } = await import('./token.ts'));
});
afterEach(() => {
  jest.useRealTimers();
  issuer.answers(200);
});
afterAll(() => issuer.stop());

const refusal = async (token: string): Promise<string> =>
  verifyToken(token).then(
    () => 'taken',
    (error: Error) => error.name,
  );

test('a sound token says who, until when, and by which names', async () => {
  const exp = nowS() + 60;
  const names = { preferred_username: 'ada', name: 'Ada L.', nickname: 7 };
  const claims = await verifyToken(issuer.token({ sub: 'auth0|1', exp, ...names }));
  expect(claims).toEqual({ sub: 'auth0|1', exp, names: ['ada', 'Ada L.'] });
});

test('one audience among several is enough', async () => {
  expect((await verifyToken(issuer.token({ aud: ['other', 'page'] }))).sub).toBe('ada');
});

const tampered = () => {
  const [header, , signature] = issuer.token().split('.');
  const payload = issuer.token({ sub: 'eve' }).split('.')[1];
  return [header, payload, signature].join('.');
};

test.each<[string, () => string]>([
  ['nothing', () => ''],
  ['no token at all', () => 'hello'],
  ['two parts', () => issuer.token().split('.').slice(0, 2).join('.')],
  ['four parts', () => `${issuer.token()}.e30`],
  ['a header that is no JSON', () => `bm9wZQ.${issuer.token().split('.').slice(1).join('.')}`],
  ['a payload that is no object', () => issuer.token().replace(/\.[^.]+\./, '.W10.')],
  ['expired', () => issuer.token({ exp: nowS() - 1 })],
  ['expired this very second', () => issuer.token({ exp: nowS() })],
  ['without an end', () => issuer.token({ exp: undefined })],
  ['with an end in words', () => issuer.token({ exp: 'tomorrow' })],
  ['not yet valid', () => issuer.token({ nbf: nowS() + 60 })],
  ['of another issuer', () => issuer.token({ iss: 'https://evil.example' })],
  ['of an issuer like this one', () => issuer.token({ iss: `${issuer.issuer}/` })],
  ['of no issuer', () => issuer.token({ iss: undefined })],
  ['for another audience', () => issuer.token({ aud: 'other' })],
  ['for no audience', () => issuer.token({ aud: undefined })],
  ['of nobody', () => issuer.token({ sub: undefined })],
  ['of an empty somebody', () => issuer.token({ sub: '' })],
  ['of a number', () => issuer.token({ sub: 7 })],
  ['with the algorithm none', () => issuer.unsigned()],
  ['with the algorithm none and a signature', () => issuer.unsigned('c2ln')],
  ['signed by HMAC with the public key', () => issuer.forgedByHmac()],
  ['signed by a stranger', () => issuer.ofStranger()],
  ['with another payload than was signed', tampered],
  ['without a signature', () => `${issuer.token().split('.').slice(0, 2).join('.')}.`],
  ['without a kid', () => issuer.token({}, { kid: undefined })],
  ['with a kid that is no text', () => issuer.token({}, { kid: 7 })],
  ['with an unknown kid', () => issuer.token({}, { kid: 'other' })],
  ['with an algorithm other than its key has', () => issuer.token({}, { alg: 'RS512' })],
])('a token that is %s is a BadToken, and no part of it is logged', async (_, token) => {
  expect(await refusal(token())).toBe('BadToken');
  expect(logged.mock.calls).toEqual([]);
});

test('an unknown kid asks the issuer once, however often it comes', async () => {
  const before = issuer.asked();
  const refusals: string[] = [];
  for (let at = 0; at < 5; at += 1)
    refusals.push(await refusal(issuer.token({}, { kid: `other-${at}` })));
  expect(refusals).toEqual(['BadToken', 'Busy', 'Busy', 'Busy', 'Busy']);
  expect(issuer.asked() - before).toBe(1);
});

test("somebody's made-up kid makes no token of a new key a bad one: it is Busy, then taken", async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
  expect(await refusal(issuer.token({}, { kid: 'made-up' }))).toBe('BadToken');
  issuer.rotate();
  expect(await refusal(issuer.token())).toBe('Busy');
  expect(logged.mock.calls).toEqual([]);
  jest.advanceTimersByTime(10_000);
  expect(await refusal(issuer.token())).toBe('taken');
});

test('keys are asked for once, and again when a token names a new one', async () => {
  const before = issuer.asked();
  await verifyToken(issuer.token());
  await verifyToken(issuer.token());
  expect(issuer.asked() - before).toBe(1);
  issuer.rotate();
  expect((await verifyToken(issuer.token())).sub).toBe('ada');
  expect(issuer.asked() - before).toBe(2);
});

test('a key that the issuer withdrew is trusted for an hour at most', async () => {
  const token = issuer.token({ exp: nowS() + 86_400 });
  await verifyToken(token);
  issuer.rotate();
  expect(await refusal(token)).toBe('taken');
  jest.useFakeTimers({
    now: Date.now() + 61 * 60_000,
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'],
  });
  expect(await refusal(token)).toBe('BadToken');
});

test('an issuer that does not answer well is no fault of the token, and is named in the log without it', async () => {
  issuer.answers(500);
  const token = issuer.token();
  expect(await refusal(token)).toBe('Busy');
  expect(JSON.stringify(logged.mock.calls)).toContain('jwks.json');
  for (const part of token.split('.'))
    expect(JSON.stringify(logged.mock.calls)).not.toContain(part);
  issuer.answers(200);
  expect(await refusal(token)).toBe('taken');
});
