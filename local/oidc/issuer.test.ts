// The issuer: a code for a name, tokens for a code and its verifier, each once; and nobody is sent where they should not be.
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { challengeOf, codeFor, exchange, questionOf, signIn } from '../../tests/product/sign-in.ts';
import { hangUp, listen } from '../http/listen.ts';
import { createIssuer } from './issuer.ts';
import { openKeys } from './keys.ts';

const redirectUri = 'http://127.0.0.1:3000/';
const verifier = 'v'.repeat(43);
const now = { ms: Date.now() };
let issuer: string;
let end: () => Promise<void>;

beforeAll(async () => {
  const { server, port, open } = await listen('--issuer-port', 0);
  issuer = `http://127.0.0.1:${port}`;
  const client = { clientId: 'hubbub-page', redirectUris: [redirectUri, 'http://localhost:3000/'] };
  const keys = openKeys(undefined);
  const { handle } = createIssuer({ issuer, client, keys, now: () => now.ms });
  open({
    origins: [issuer],
    linked: true,
    answer: (req, res) => void handle(req, res).catch(() => res.destroy()),
  });
  end = () => hangUp(server);
});
afterAll(() => end());

const at = () => ({ issuer, redirectUri });
const claimsIn = (token = '') =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
const authorize = (fields: URLSearchParams) =>
  fetch(`${issuer}/authorize?${fields}`, { redirect: 'manual' });
const redeem = (code: string, changed: Record<string, string> = {}) =>
  exchange(issuer, {
    ...{ grant_type: 'authorization_code', client_id: 'hubbub-page', code },
    ...{ redirect_uri: redirectUri, code_verifier: verifier, ...changed },
  });

test('a name becomes a signed token that its keys verify, and the same name is the same user', async () => {
  const { body } = await redeem(await codeFor(at(), 'Ada'));
  const iat = Math.floor(now.ms / 1000);
  expect(claimsIn(body.id_token)).toEqual({
    ...{ iss: issuer, aud: 'hubbub-page', sub: expect.stringMatching(/^local\|[\w-]{22}$/) },
    ...{ preferred_username: 'Ada', nonce: 'nonce', iat, exp: iat + 3600 },
  });
  const [header = '', payload = '', signature = ''] = (body.id_token ?? '').split('.');
  const jwks = (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as {
    keys: [JsonWebKey & { kid: string }];
  };
  const [key] = jwks.keys;
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: key.kid });
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const signed = Buffer.from(signature, 'base64url');
  expect(verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, signed)).toBe(true);
  expect(key).not.toHaveProperty('d');
  expect(claimsIn(await signIn(at(), 'ADA')).sub).toBe(claimsIn(body.id_token).sub);
  expect(claimsIn(await signIn(at(), 'Bob')).sub).not.toBe(claimsIn(body.id_token).sub);
});

test('a code is good once', async () => {
  const code = await codeFor(at(), 'Ada');
  expect((await redeem(code)).status).toBe(200);
  expect(await redeem(code)).toEqual({ status: 400, body: { error: 'invalid_grant' } });
});

test('a code is good for a minute', async () => {
  const code = await codeFor(at(), 'Ada');
  now.ms += 60_000;
  expect((await redeem(code)).body).toEqual({ error: 'invalid_grant' });
});

test.each<[string, Record<string, string>, string]>([
  ['another verifier', { code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
  ['no verifier', { code_verifier: '' }, 'invalid_grant'],
  ['the challenge for a verifier', { code_verifier: challengeOf(verifier) }, 'invalid_grant'],
  ['another address', { redirect_uri: 'http://localhost:3000/' }, 'invalid_grant'],
  ['another client', { client_id: 'other' }, 'invalid_client'],
  ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
])('a code with %s gets no token', async (_, changed, error) => {
  expect(await redeem(await codeFor(at(), 'Ada'), changed)).toEqual({
    status: 400,
    body: { error },
  });
});

test('a refresh token is good once, and gives a fresh ID token of the same user', async () => {
  const { body } = await redeem(await codeFor(at(), 'Ada'));
  now.ms += 50 * 60_000;
  const fields = {
    ...{ grant_type: 'refresh_token', client_id: 'hubbub-page' },
    refresh_token: body.refresh_token ?? '',
  };
  const fresh = await exchange(issuer, fields);
  expect(claimsIn(fresh.body.id_token).sub).toBe(claimsIn(body.id_token).sub);
  expect(Number(claimsIn(fresh.body.id_token).exp)).toBeGreaterThan(
    Number(claimsIn(body.id_token).exp),
  );
  expect((await exchange(issuer, fields)).body).toEqual({ error: 'invalid_grant' });
});

test.each<[string, Record<string, string | undefined>]>([
  ['another page', { redirect_uri: 'http://evil.example/' }],
  ['a page that begins like one', { redirect_uri: `${redirectUri}evil` }],
  ['no page', { redirect_uri: undefined }],
  ['another client', { client_id: 'other' }],
])('who would be sent back to %s is told here, and sent nowhere', async (_, changed) => {
  const answer = await authorize(questionOf(at(), changed));
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
});

test.each<[string, Record<string, string | undefined>, string]>([
  ['no challenge', { code_challenge: undefined }, 'invalid_request'],
  ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['no method', { code_challenge_method: undefined }, 'invalid_request'],
  ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
  ['no openid', { scope: 'profile' }, 'invalid_scope'],
])('a question with %s is sent back with its error and state', async (_, changed, error) => {
  const answer = await authorize(questionOf(at(), changed));
  const back = new URL(answer.headers.get('location') ?? 'none:');
  expect(back.href.startsWith(redirectUri)).toBe(true);
  expect(back.searchParams.get('error')).toBe(error);
  expect(back.searchParams.get('state')).toBe('state');
  expect(back.searchParams.get('code')).toBeNull();
});

test('the page holds no script, and writes what it was told as text', async () => {
  const answer = await authorize(questionOf(at(), { state: '"><script>alert(1)</script>' }));
  const page = await answer.text();
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page).not.toContain('<script');
  expect(page).toContain('&quot;&gt;&lt;script&gt;');
});

test('a name that nobody could read is asked for again', async () => {
  expect(await codeFor(at(), ' ')).toBe('');
  expect(await codeFor(at(), 'a\u202eb')).toBe('');
});

test('the key in a data folder is its owner’s alone, and the same after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hubbub-issuer-'));
  const file = join(folder, 'issuer', 'key.pem');
  const kid = openKeys(file).jwk.kid;
  expect(openKeys(file).jwk.kid).toBe(kid);
  expect(openKeys(undefined).jwk.kid).not.toBe(kid);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await rm(folder, { recursive: true });
});

describe('a session of the browser', () => {
  const silent = (cookie = '', changed: Record<string, string> = {}) =>
    fetch(`${issuer}/authorize?${questionOf(at(), { prompt: 'none', ...changed })}`, {
      redirect: 'manual',
      headers: { cookie },
    });
  const backIn = (answer: Response) =>
    new URL(answer.headers.get('location') ?? 'none:').searchParams;
  /** Types the name, and answers the cookie as a browser would send it back. */
  const sessionOf = async (name: string) => {
    const body = questionOf(at());
    body.set('name', name);
    const answer = await fetch(`${issuer}/authorize`, { method: 'POST', body, redirect: 'manual' });
    const set = answer.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/HttpOnly; SameSite=Lax$/);
    return set.split(';')[0] ?? '';
  };

  test('answers prompt=none with a code of the same user, and no page', async () => {
    const cookie = await sessionOf('Ada');
    const answer = await silent(`theirs=1; ${cookie}`);
    expect(answer.status).toBe(303);
    const { body } = await redeem(backIn(answer).get('code') ?? '');
    expect(claimsIn(body.id_token)).toMatchObject({ preferred_username: 'Ada', nonce: 'nonce' });
  });

  test('is an hour long from when the name was typed, used or not', async () => {
    const cookie = await sessionOf('Ada');
    now.ms += 59 * 60_000;
    expect(backIn(await silent(cookie)).get('code')).not.toBeNull();
    now.ms += 60_000;
    expect(backIn(await silent(cookie)).get('error')).toBe('login_required');
  });

  test('is ended by signing out', async () => {
    const cookie = await sessionOf('Ada');
    const out = new URLSearchParams({ client_id: 'hubbub-page', logout_uri: redirectUri });
    const answer = await fetch(`${issuer}/logout?${out}`, {
      redirect: 'manual',
      headers: { cookie },
    });
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(backIn(await silent(cookie)).get('error')).toBe('login_required');
  });

  test.each<[string, string, Record<string, string>, string]>([
    ['without a cookie', '', {}, 'login_required'],
    ['with a session that is nobody’s', 'issuer-session-PORT=x', {}, 'login_required'],
    ['beside another prompt', '', { prompt: 'none login' }, 'invalid_request'],
  ])('%s is an error that goes back with its state', async (_, cookie, changed, error) => {
    const back = backIn(await silent(cookie.replace('PORT', new URL(issuer).port), changed));
    expect([back.get('error'), back.get('state'), back.get('code')]).toEqual([
      error,
      'state',
      null,
    ]);
  });
});

describe('a refresh token that is revoked', () => {
  const revoke = (fields: Record<string, string>) =>
    fetch(`${issuer}/revoke`, { method: 'POST', body: new URLSearchParams(fields) });

  test('gives no token any more, and revoking it twice is no error', async () => {
    const { body } = await redeem(await codeFor(at(), 'Ada'));
    const token = body.refresh_token ?? '';
    for (const _ of ['once', 'twice'])
      expect((await revoke({ client_id: 'hubbub-page', token })).status).toBe(200);
    const fields = { grant_type: 'refresh_token', client_id: 'hubbub-page', refresh_token: token };
    expect((await exchange(issuer, fields)).body).toEqual({ error: 'invalid_grant' });
  });

  test.each<[string, Record<string, string>, string]>([
    ['another client', { client_id: 'other', token: 'x' }, 'invalid_client'],
    ['no token', { client_id: 'hubbub-page' }, 'invalid_request'],
  ])('is not what %s asks for', async (_, fields, error) => {
    const answer = await revoke(fields);
    expect([answer.status, await answer.json()]).toEqual([400, { error }]);
  });
});
