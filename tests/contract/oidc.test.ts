// Promise: where people sign in, a token is who one is for as long as it lasts; without one, nothing is heard and nothing done.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { connect } from '../../front/src/core/chat.js';
import { openKeys } from '../../local/oidc/keys.ts';
import type { MessageFrame } from '../../shared/src/protocol/frames.ts';
import { ACTIONS } from '../../shared/src/protocol/parse.ts';
import { type Frame, type Line, me, openLine } from '../product/line.ts';
import { sample } from '../product/sample.ts';
import { signIn } from '../product/sign-in.ts';
import { everybodyLeaves, join as plainly } from './client.ts';
import { type Ended, type LocalRuntime, startLocal } from './runtime.ts';

const nowS = () => Math.floor(Date.now() / 1000);

let folder: string;
let chat: LocalRuntime;
let issuer: string;
/** The issuer's own key: what it would sign, were it asked for such things. */
let sign: (claims: Frame) => string;
let ended: Ended | undefined;
const lines: Line[] = [];
const tokens: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubbub-oidc-'));
  const flags = ['--data', folder, '--auth', 'oidc', '--issuer-port', '0', '--verbose'];
  chat = await startLocal(flags);
  const config = (await (await fetch(`${chat.page}/config.json`)).json()) as Record<string, string>;
  expect(config).toMatchObject({ auth: 'oidc', clientId: 'hubbub-page' });
  issuer = config.issuer ?? '';
  const keys = openKeys(join(folder, 'issuer', 'key.pem'));
  sign = (claims) => {
    const sound = { iss: issuer, aud: 'hubbub-page', sub: 'ada', exp: nowS() + 60 };
    return kept(keys.sign({ ...sound, ...claims }));
  };
});
afterEach(async () => {
  for (const line of lines.splice(0)) line.cut();
  await everybodyLeaves();
});
afterAll(async () => {
  if (ended === undefined) await chat.stop();
  await rm(folder, { recursive: true });
});

function kept(token: string): string {
  tokens.push(token);
  return token;
}
const open = async () => {
  const line = await openLine(chat.websocket);
  lines.push(line);
  return line;
};
const signedIn = async (name: string) =>
  kept(await signIn({ issuer, redirectUri: `${chat.page}/` }, name));
const hello = (token: string, fields: Frame = {}) => me({ secret: undefined, token, ...fields });
const enter = async (token: string, fields: Frame = {}) => {
  const line = await open();
  line.send(hello(token, fields));
  return { line, welcome: await line.hears({ type: 'welcome' }) };
};

test('who signs in at the issuer is welcomed by name, and is the same user on another device', async () => {
  const [one, other] = [await enter(await signedIn('Ada')), await enter(await signedIn('Ada'))];
  expect(one.welcome).toMatchObject({ nickname: 'Ada', userId: other.welcome.userId });
  expect(one.welcome.userId).toMatch(/^local\|/);
  expect(one.welcome.authForMs).toBeGreaterThan(3_500_000);
  one.line.send({ action: 'sendmessage', messageId: crypto.randomUUID(), message: 'signed' });
  expect(await other.line.hears({ type: 'message', message: 'signed' })).toMatchObject({
    userId: one.welcome.userId,
  });
});

test.each<[string, () => string]>([
  ['no token', () => 'nothing'],
  ['empty', () => ''],
  ['too large', () => 'x'.repeat(9_000)],
  ['expired', () => sign({ exp: nowS() - 1 })],
  ['without an end', () => sign({ exp: undefined })],
  ['not yet valid', () => sign({ nbf: nowS() + 60 })],
  ['of another issuer', () => sign({ iss: 'https://evil.example' })],
  ['for another audience', () => sign({ aud: 'other' })],
  [
    'of another key',
    () =>
      openKeys(undefined).sign({ iss: issuer, aud: 'hubbub-page', sub: 'ada', exp: nowS() + 60 }),
  ],
  ['tampered with', () => sign({}).replace(/\.[^.]+\./, `.${sign({ sub: 'eve' }).split('.')[1]}.`)],
])('a token that is %s is a BadToken, and its socket stays a stranger', async (_, token) => {
  const line = await open();
  line.send(hello(token()));
  expect(await line.hears({ type: 'error' })).toMatchObject({ code: 'BadToken', retry: false });
  line.send({ action: 'ping', n: 1 });
  expect(await line.hears({ code: 'HelloFirst' })).toMatchObject({ retry: true });
});

test('a secret is no way in', async () => {
  const line = await open();
  line.send(me());
  expect(await line.hears({ type: 'error' })).toMatchObject({ code: 'BadField' });
});

test('when the token has expired nothing is heard and every action refused, until a fresh hello on the same socket', async () => {
  const speaker = await enter(sign({ sub: 'bob' }));
  const one = { epoch: 7, clientId: 'client-of-ada' };
  const { line } = await enter(sign({}), one);
  const says = (message: string) =>
    speaker.line.send({ action: 'sendmessage', messageId: crypto.randomUUID(), message });
  says('before');
  await line.hears({ type: 'message', message: 'before' });
  // hello is warm now: it is done well within these seconds.
  const exp = nowS() + 8;
  line.send(hello(sign({ exp }), { ...one, nickname: 'Ada Briefly' }));
  await line.hears({ type: 'welcome', nickname: 'Ada Briefly' });
  // The one wait for a clock that is not ours: asked again until the answer changes.
  for (let n = 1, isOver = false; !isOver; n += 1) {
    line.send({ action: 'ping', n });
    const answer = await Promise.race([line.hears({ n }), line.hears({ code: 'AuthExpired' })]);
    isOver = answer.code === 'AuthExpired';
  }
  expect(nowS()).toBeGreaterThanOrEqual(exp);
  says('meanwhile');
  await speaker.line.hears({ type: 'message', message: 'meanwhile' });
  let refused = 1;
  for (const action of ACTIONS.filter((one) => one !== 'hello')) {
    const ref = crypto.randomUUID();
    const frame = JSON.parse(sample<{ body: string }>(`api/events/${action}.json`).body) as Frame;
    line.send(action === 'sendmessage' ? { ...frame, messageId: ref } : frame);
    if (action === 'sendmessage')
      expect(await line.hears({ ref })).toMatchObject({ code: 'AuthExpired', retry: true });
    // One by one: a cold function would else answer after the hello below, and be obeyed.
    refused += 1;
    await line.hears({ code: 'AuthExpired' }, refused);
  }
  line.send(hello(sign({}), { ...one, nickname: 'Ada Again' }));
  await line.hears({ type: 'welcome', nickname: 'Ada Again' });
  says('after');
  await line.hears({ type: 'message', message: 'after' });
  line.send({ action: 'history', room: 'lobby', n: 99 });
  const { items } = (await line.hears({ type: 'history', n: 99 })) as { items?: MessageFrame[] };
  expect(items?.map(({ message }) => message)).toContain('meanwhile');
});

test('the client brings a fresh token in time, again and again, and its line never falls', async () => {
  let asked = 0;
  const twice = Promise.withResolvers<void>();
  const chatter = connect({
    url: chat.websocket,
    ports: {
      async credentials() {
        asked += 1;
        if (asked === 3) twice.resolve();
        return { token: sign({ sub: 'bot', exp: nowS() + 10 }) };
      },
    },
  });
  const states: string[] = [];
  const live = Promise.withResolvers<void>();
  chatter.on('status', ({ state }) => {
    states.push(state);
    if (state === 'live') live.resolve();
  });
  await live.promise;
  await twice.promise;
  const said = await chatter.room('lobby').say('still here');
  for await (const message of chatter.room('lobby')) if (message.messageId === said) break;
  expect(states.slice(states.indexOf('live'))).toEqual(['live']);
  expect(chatter.me().userId).toBe('bot');
  await chatter.close();
});

test('another user’s token on the same socket is refused, and the socket stays its user’s', async () => {
  const { line, welcome } = await enter(sign({}), { clientId: 'client-of-two', epoch: 1 });
  line.send(hello(sign({ sub: 'eve' }), { clientId: 'client-of-two', epoch: 1 }));
  await line.hears({ code: 'BadToken' });
  line.send({ action: 'sendmessage', messageId: crypto.randomUUID(), message: 'still me' });
  expect(await line.hears({ message: 'still me' })).toMatchObject({ userId: welcome.userId });
});

test('a plain client hears nothing, and may say nothing', async () => {
  const plain = await plainly(chat.websocket, 'plain');
  const { line } = await enter(sign({}));
  plain.send({ action: 'sendmessage', message: 'let me in' });
  expect(await plain.isTold()).toMatchObject({ code: 'HelloFirst' });
  line.send({ action: 'sendmessage', messageId: crypto.randomUUID(), message: 'not for you' });
  await line.hears({ type: 'message', message: 'not for you' });
  plain.send({ action: 'ping' });
  await plain.awaits('a second error', (heard) => heard[1]);
  expect(plain.messages()).toEqual([]);
});

test('no log line holds a token, or any part of one', async () => {
  ended = await chat.end('SIGINT');
  const log = ended.stdout + ended.stderr;
  expect(log).toContain('HelloFunction');
  expect(tokens.length).toBeGreaterThan(10);
  // The header is the same for all, and no secret.
  const parts = tokens.flatMap((token) => token.split('.').slice(1));
  expect(parts.filter((part) => part.length > 20 && log.includes(part))).toEqual([]);
});
