// Proving the line: an answer for those who know the protocol, silence for a plain client.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { context, frameIn, handshake, routeEvent } from '../../tests/product/sample.ts';

const V1 = { 'Sec-WebSocket-Protocol': 'chat.v1' };
let aws: TestAws;
let connect: typeof import('./connect.ts').handler;
let handler: typeof import('./ping.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'PingFunction');
  ({ handler: connect } = await import('./connect.ts'));
  ({ handler } = await import('./ping.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const enter = (headers: Record<string, string>) => connect(handshake('c1=', headers), context());
const ping = async (body?: unknown) =>
  frameIn(await handler(routeEvent('ping', { connectionId: 'c1=', body }), context()));

test("is answered with its number and the server's clock", async () => {
  await enter(V1);
  const pong = (await ping()) as { now: string };
  expect(pong).toEqual({ type: 'pong', n: 1, now: expect.any(String) });
  expect(new Date(pong.now).toISOString()).toBe(pong.now);
});

test('without a number is answered without one', async () => {
  await enter(V1);
  expect(await ping({ action: 'ping' })).toEqual({ type: 'pong', now: expect.any(String) });
});

test('from a plain client is answered by silence', async () => {
  await enter({});
  expect(await ping()).toBeUndefined();
});

test('from a connection that nobody knows is told so', async () => {
  expect(await ping()).toMatchObject({ code: 'NotConnected', ref: null, retry: true });
});

test("another route's frame is not taken", async () => {
  await enter(V1);
  expect(await ping({ action: 'sendmessage', message: 'hi' })).toMatchObject({
    code: 'UnknownAction',
  });
});
