// Tokens and time: a hello lasts as long as its token, a fresh one on the same socket goes on, and strangers hear nothing.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import type { ErrorFrame } from '../../../shared/src/protocol/errors.ts';
import type { Welcome } from '../../../shared/src/protocol/frames.ts';
import { ACTIONS } from '../../../shared/src/protocol/parse.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import {
  context,
  frameIn,
  handshake,
  helloEvent,
  routeEvent,
} from '../../../tests/product/sample.ts';
import { startTestIssuer, type TestIssuer } from '../../../tests/product/tokens.ts';

type Handler = (event: never, context: never) => Promise<unknown>;

const V1 = { 'Sec-WebSocket-Protocol': 'chat.v1' };
const MINUTE_S = 60;
const LOBBY = { topic: 'room:lobby', shard: 0 };
const OTHERS = ACTIONS.filter((action) => action !== 'hello');
const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
const noon = Math.floor(Date.now() / 1000) * 1000;
const clock = jest.spyOn(Date, 'now');

let aws: TestAws;
let issuer: TestIssuer;
let connect: typeof import('./connect.ts').handler;
let doors: typeof import('../../../shared/src/store/connections.ts');
let rosters: typeof import('../../../shared/src/store/presence.ts');

beforeAll(async () => {
  issuer = await startTestIssuer();
  const functions = ACTIONS.map(
    (action) => `${action.replace(/^./, (a) => a.toUpperCase())}Function`,
  );
  aws = await startAws('ConnectFunction', ...functions);
  const { issuer: OIDC_ISSUER, audience: OIDC_AUDIENCE } = issuer;
  Object.assign(process.env, { AUTH_MODE: 'oidc', OIDC_ISSUER, OIDC_AUDIENCE });
  ({ handler: connect } = await import('./connect.ts'));
  doors = await import('../../../shared/src/store/connections.ts');
  rosters = await import('../../../shared/src/store/presence.ts');
});
beforeEach(async () => {
  clock.mockReturnValue(noon);
  logged.mockClear();
  await aws.reset();
});
afterAll(async () => {
  clock.mockRestore();
  await aws.stop();
  await issuer.stop();
});

const pass = (seconds: number) => clock.mockReturnValue(Date.now() + seconds * 1000);
const token = (lifeS: number, claims = {}) =>
  issuer.token({ exp: Math.floor(Date.now() / 1000) + lifeS, ...claims });
const enter = (id: string, headers: Record<string, string> = V1) =>
  connect(handshake(id, headers), context());
async function says(id: string, action: string, body?: Record<string, unknown>) {
  const { handler } = (await import(`./${action}.ts`)) as { handler: Handler };
  const event = routeEvent(action as 'ping', { connectionId: id, ...(body && { body }) });
  return frameIn(await handler(event as never, context() as never)) as ErrorFrame;
}
async function greets(id: string, fields: Record<string, unknown>) {
  const { handler } = await import('./hello.ts');
  const event = helloEvent(id, { secret: undefined, rooms: ['lobby'], ...fields });
  return frameIn(await handler(event, context())) as Welcome | ErrorFrame;
}
const row = async (id: string) => {
  const found = await doors.readConnection(id);
  if (found === undefined) throw new Error(`${id} has no row`);
  return found;
};
const hearers = async () => (await doors.readSubscribers(LOBBY)).connectionIds;
const online = async () => {
  const { online: people } = await rosters.readRoster('lobby');
  return people.map(({ userId }) => userId);
};

test('a welcome says how long the token lasts; the connection keeps it, what it hears and where it is shown end with it', async () => {
  await enter('c1=');
  const welcome = await greets('c1=', { token: token(MINUTE_S) });
  expect(welcome).toMatchObject({ type: 'welcome', userId: 'ada', authForMs: MINUTE_S * 1000 });
  const authExpiresAt = noon / 1000 + MINUTE_S;
  expect(await row('c1=')).toMatchObject({ authExpiresAt });
  const ends = (await aws.rows(aws.tables.connections))
    .filter(({ pk }) => /^(topic|roster)#/.test(pk?.S ?? ''))
    .map(({ expiresAt, leaseUntil }) =>
      leaseUntil === undefined ? Number(expiresAt?.N) : Date.parse(leaseUntil.S ?? '') / 1000,
    );
  expect(new Set(ends)).toEqual(new Set([authExpiresAt]));
  expect(ends).toHaveLength(3);
});

test('a token that outlives the socket does not prolong what it hears', async () => {
  await enter('c1=');
  await greets('c1=', { token: token(86_400) });
  pass(doors.CONNECTION_LIFE_S);
  expect(await hearers()).toEqual([]);
});

test('a room joined later is heard until the token expires, and no longer', async () => {
  await enter('c1=');
  await greets('c1=', { token: token(MINUTE_S) });
  expect(await says('c1=', 'join', { action: 'join', room: 'tea', create: true })).toMatchObject({
    type: 'joined',
  });
  const tea = { topic: 'room:tea', shard: 0 };
  expect((await doors.readSubscribers(tea)).connectionIds).toEqual(['c1=']);
  pass(MINUTE_S);
  expect((await doors.readSubscribers(tea)).connectionIds).toEqual([]);
});

test('once the token has expired nothing is heard, and every action but hello says so', async () => {
  await enter('c1=');
  await greets('c1=', { token: token(MINUTE_S) });
  pass(MINUTE_S - 1);
  expect(await says('c1=', 'ping')).toMatchObject({ type: 'pong' });
  expect(await hearers()).toEqual(['c1=']);
  pass(1);
  expect(await hearers()).toEqual([]);
  for (const action of OTHERS)
    expect([action, await says('c1=', action)]).toEqual([
      action,
      expect.objectContaining({ type: 'error', code: 'AuthExpired', retry: true }),
    ]);
  expect(aws.entries.filter(({ DetailType }) => DetailType === 'MessageSent')).toEqual([]);
});

test('a hello on the same socket goes on before and after the end, and its user is in the room again', async () => {
  await enter('c1=');
  await greets('c1=', { token: token(MINUTE_S) });
  pass(MINUTE_S - 5);
  expect(await greets('c1=', { token: token(MINUTE_S) })).toMatchObject({ type: 'welcome' });
  pass(MINUTE_S - 5);
  expect(await hearers()).toEqual(['c1=']);
  pass(10);
  expect(await says('c1=', 'ping')).toMatchObject({ code: 'AuthExpired' });
  expect(await greets('c1=', { token: token(MINUTE_S) })).toMatchObject({ type: 'welcome' });
  expect(await hearers()).toEqual(['c1=']);
  expect(await online()).toEqual(['ada']);
  expect(await says('c1=', 'ping')).toMatchObject({ type: 'pong' });
});

test('another user’s token on the same socket is refused, and changes nothing', async () => {
  await enter('c1=');
  await greets('c1=', { token: token(MINUTE_S) });
  const before = await row('c1=');
  expect(await greets('c1=', { token: token(MINUTE_S, { sub: 'eve' }) })).toMatchObject({
    code: 'BadToken',
    retry: false,
  });
  expect(await row('c1=')).toEqual({ ...before, fullAt: expect.anything() });
  expect(await hearers()).toEqual(['c1=']);
});

test('a refused hello makes nobody of a stranger', async () => {
  await enter('c1=');
  const refused: [fields: Record<string, unknown>, code: string][] = [
    [{ token: token(-1) }, 'BadToken'],
    [{ token: '' }, 'BadToken'],
    [{ token: 'x'.repeat(8_193) }, 'BadToken'],
    [{ token: 7 }, 'BadField'],
    [{ secret: 's'.repeat(43) }, 'BadField'],
    [{ token: token(9), secret: 's'.repeat(43) }, 'BadField'],
  ];
  for (const [fields, code] of refused) {
    expect(await greets('c1=', fields)).toMatchObject({ code });
    // A frame that cannot be read empties the bucket.
    pass(1);
  }
  expect((await row('c1=')).clientId).toBeUndefined();
  expect(await hearers()).toEqual([]);
});

test.each([
  ['one that knows the protocol', V1],
  ['a plain one', {} as Record<string, string>],
])(
  'a stranger, %s, hears nothing, may do nothing, and is forgotten after one idle time-out',
  async (_, headers) => {
    await enter('c1=', headers);
    expect((await aws.rows(aws.tables.connections)).map(({ pk }) => pk?.S)).toEqual([
      'connection#c1=',
    ]);
    for (const action of OTHERS)
      expect([action, (await says('c1=', action))?.code]).toEqual([action, 'HelloFirst']);
    expect(aws.entries).toEqual([]);
    pass(10 * 60);
    expect(await says('c1=', 'ping')).toMatchObject({ code: 'NotConnected' });
  },
);

test('no log holds a token, or a part of one', async () => {
  await enter('c1=');
  const good = token(MINUTE_S);
  const bad = token(MINUTE_S, { aud: 'other' });
  aws.script.dynamodb = (action) =>
    action === 'BatchWriteItem' ? new AwsError('InternalServerError', 'down', 500) : undefined;
  await greets('c1=', { token: bad });
  await greets('c1=', { token: good });
  expect(logged.mock.calls.length).toBeGreaterThan(0);
  const said = JSON.stringify(logged.mock.calls, (_, value: unknown) =>
    value instanceof Error ? [value.message, value.stack] : value,
  );
  for (const part of [...good.split('.'), ...bad.split('.')]) expect(said).not.toContain(part);
});
