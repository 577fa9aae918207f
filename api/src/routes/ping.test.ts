// Proving the line: an answer for those who know the protocol, silence for a plain client.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import {
  context,
  frameIn,
  handshake,
  helloEvent,
  routeEvent,
} from '../../../tests/product/sample.ts';

const V1 = { 'Sec-WebSocket-Protocol': 'chat.v1' };
let aws: TestAws;
let connect: typeof import('./connect.ts').handler;
let hello: typeof import('./hello.ts').handler;
let handler: typeof import('./ping.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'PingFunction');
  ({ handler: connect } = await import('./connect.ts'));
  ({ handler: hello } = await import('./hello.ts'));
  ({ handler } = await import('./ping.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const enter = (headers: Record<string, string>) => connect(handshake('c1=', headers), context());
const greet = async (rooms: string[]) => {
  await enter(V1);
  await hello(helloEvent('c1=', { rooms }), context());
};
const ping = async (body?: unknown) =>
  frameIn(await handler(routeEvent('ping', { connectionId: 'c1=', body }), context()));

test("is answered with its number, the server's clock and the heads of the rooms that are heard", async () => {
  await greet(['lobby', 'silent']);
  for (const room of ['lobby', 'elsewhere'])
    await aws.put(aws.tables.messages, { room: { S: room }, seq: { N: '0' }, head: { N: '7' } });
  const pong = (await ping()) as { now: string };
  expect(pong).toEqual({
    type: 'pong',
    n: 1,
    now: expect.any(String),
    heads: { lobby: 7, silent: 0 },
    present: { lobby: 1, silent: 1 },
  });
  expect(new Date(pong.now).toISOString()).toBe(pong.now);
});

test('tells the room of a ghost that it finds', async () => {
  await greet(['haunted']);
  await aws.put(aws.tables.connections, {
    ...{ pk: { S: 'roster#haunted' }, sk: { S: 'u_ghost#gone=' }, nickname: { S: 'Ghost' } },
    ...{ at: { S: '2026-01-01T10:00:00.000Z' }, leaseUntil: { S: '2026-01-01T10:01:30.000Z' } },
  });
  expect(await ping()).toMatchObject({ present: { haunted: 1 } });
  expect(JSON.parse(aws.entries.at(-1)?.Detail ?? '{}')).toMatchObject({
    ...{ userId: 'u_ghost', rooms: ['haunted'] },
    ...{ at: '2026-01-01T10:01:30.000Z', isLapsed: true },
  });
});

test('reads the heads consistently, in one call', async () => {
  await greet(['lobby', 'silent']);
  const reads: unknown[] = [];
  aws.script.dynamodb = (action, input) => {
    if (action === 'BatchGetItem') reads.push(input);
    return undefined;
  };
  await ping();
  expect(reads).toHaveLength(1);
  expect(JSON.stringify(reads)).toContain('"ConsistentRead":true');
});

test('without a number is answered without one', async () => {
  await greet(['lobby']);
  expect(await ping({ action: 'ping' })).toEqual({
    type: 'pong',
    now: expect.any(String),
    heads: { lobby: 0 },
    present: { lobby: 1 },
  });
});

test('before hello is told to say hello', async () => {
  await enter(V1);
  expect(await ping()).toMatchObject({ code: 'HelloFirst', ref: null, retry: true });
});

test('from a plain client is answered by silence', async () => {
  await enter({});
  expect(await ping()).toBeUndefined();
});

test('from a connection that nobody knows is told so', async () => {
  expect(await ping()).toMatchObject({ code: 'NotConnected', ref: null, retry: true });
});

test("another route's frame is not taken", async () => {
  await greet(['lobby']);
  expect(await ping({ action: 'sendmessage', message: 'hi' })).toMatchObject({
    code: 'UnknownAction',
  });
});
