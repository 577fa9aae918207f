// Who says hello: the userId and the nickname that a token gives, and which credentials a stack takes.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Hello } from '../../../shared/src/protocol/frames.ts';
import type { Connection } from '../../../shared/src/store/connections.ts';
import { startTestIssuer, type TestIssuer } from '../../../tests/product/tokens.ts';

const stranger: Connection = {
  ...{ connectionId: 'c1=', userId: 'guest-1', nickname: 'guest-1', protocol: 'v1' },
  subscriptions: [],
};
const secret = 's'.repeat(43);

let issuer: TestIssuer;
let authenticate: typeof import('./authenticate.ts').authenticate;

beforeAll(async () => {
  issuer = await startTestIssuer();
  const { issuer: OIDC_ISSUER, audience: OIDC_AUDIENCE } = issuer;
  Object.assign(process.env, { OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URI: 'none' });
  process.env.RESERVED_NAMES = 'admin,support';
});
afterAll(() => issuer.stop());

const inMode = async (mode: string) => {
  process.env.AUTH_MODE = mode;
  jest.resetModules();
  ({ authenticate } = await import('./authenticate.ts'));
};
const says = (fields: Pick<Hello, 'secret' | 'token'>, before = stranger) =>
  authenticate({ action: 'hello', v: 1, clientId: 'client-1', epoch: 1, ...fields }, before);

describe('where people sign in', () => {
  beforeEach(() => inMode('oidc'));

  test.each([
    ['ada', 'ada'],
    ['auth0|5f7c', 'auth0|5f7c'],
    ['ada@example.com', 'ada@example.com'],
    ['a'.repeat(128), 'a'.repeat(128)],
    ['a'.repeat(129), /^s_[\w-]{22}$/],
    ['ada lovelace', /^s_[\w-]{22}$/],
    ['dm:ada:bob', /^s_[\w-]{22}$/],
    ['ada\n', /^s_[\w-]{22}$/],
    ['Ада', /^s_[\w-]{22}$/],
    ['u_aaaaaaaaaaaaaaaaaaaaaa', /^s_[\w-]{22}$/],
    ['s_aaaaaaaaaaaaaaaaaaaaaa', /^s_[\w-]{22}$/],
    ['guest-4f1e', /^s_[\w-]{22}$/],
  ])('the sub %j is the user %s', async (sub, userId) => {
    const who = await says({ token: issuer.token({ sub }) });
    if (typeof userId === 'string') expect(who.userId).toBe(userId);
    else expect(who.userId).toMatch(userId);
    expect((await says({ token: issuer.token({ sub }) })).userId).toBe(who.userId);
  });

  test('a sub that is spelled like the hash of another is not that user', async () => {
    const { userId } = await says({ token: issuer.token({ sub: 'ada lovelace' }) });
    expect((await says({ token: issuer.token({ sub: userId }) })).userId).not.toBe(userId);
  });

  test.each<[string, Record<string, unknown>, string | RegExp]>([
    ['the preferred one', { preferred_username: ' Ada  L ', name: 'Augusta' }, 'Ada L'],
    ['the next, where one is unsound', { preferred_username: '\u202eadA', name: 'Ada' }, 'Ada'],
    ['no mail address', { preferred_username: 'ada@example.com', nickname: 'Ada' }, 'Ada'],
    ['no other guest', { name: 'guest-4f1e0d2c' }, /^guest-[0-9a-f]{8}$/],
    ['none that is reserved', { preferred_username: 'Admin', name: 'Support' }, /^guest-\w{8}$/],
    ['nothing invisible', { name: '\u200b' }, /^guest-[0-9a-f]{8}$/],
    ['none at all', {}, /^guest-[0-9a-f]{8}$/],
  ])('the nickname is %s', async (_, names, nickname) => {
    const who = await says({ token: issuer.token(names) });
    expect(who.nickname).toMatch(nickname);
    expect(who.nickname).not.toBe('guest-4f1e0d2c');
  });

  test('a secret is refused by name', async () => {
    await expect(says({ secret })).rejects.toMatchObject({ name: 'BadField', field: 'secret' });
  });

  test('a socket stays its user’s: the same may renew, another’s token is refused', async () => {
    const ada = { ...stranger, userId: 'ada', clientId: 'client-1' };
    expect((await says({ token: issuer.token() }, ada)).userId).toBe('ada');
    const bob = says({ token: issuer.token({ sub: 'bob' }) }, ada);
    await expect(bob).rejects.toMatchObject({ name: 'BadToken' });
  });
});

describe('where guests come in', () => {
  beforeEach(() => inMode('guest'));

  test('a secret is enough, and does not expire', async () => {
    const who = await says({ secret });
    expect(who).toEqual({ userId: expect.stringMatching(/^u_/), nickname: expect.anything() });
  });

  test('a socket stays its user’s: the same may come again, another’s secret is refused', async () => {
    const { userId } = await says({ secret });
    const greeted = { ...stranger, userId, clientId: 'client-1' };
    expect((await says({ secret }, greeted)).userId).toBe(userId);
    const other = says({ secret: 'x'.repeat(43) }, greeted);
    await expect(other).rejects.toMatchObject({ name: 'ConnectionTaken' });
  });

  test('a token is refused by name, and nobody is asked for keys', async () => {
    const asked = issuer.asked();
    const told = says({ token: issuer.token() });
    await expect(told).rejects.toMatchObject({ name: 'BadField', field: 'token' });
    expect(issuer.asked()).toBe(asked);
  });
});
