// Tests of the stage's throttles: each route by itself, the account above them, and what a throttled client is told.
import { afterEach, expect, test } from '@jest/globals';
import type { RoutePlan } from '../cloudformation/plan.ts';
import { silent } from '../log.ts';
import {
  heard,
  type Loopback,
  opened,
  planWith,
  refused,
  route,
  startLoopback,
} from '../testing/loopback-gateway.ts';
import type { GatewayDeps } from './gateway.ts';

/** So slow that no token comes back while a test runs. */
const NEVER = 1e-9;
const throttled = (burst: number): RoutePlan => ({
  ...route(true),
  throttle: { perS: NEVER, burst },
});
const account = (burst: number): Partial<GatewayDeps> => ({
  limits: { account: { perS: NEVER, burst } },
});

let loopback: Loopback;
afterEach(() => loopback.stop());

async function start(routes: Record<string, RoutePlan>, deps?: Partial<GatewayDeps>) {
  const says = (from: string) => () => ({ statusCode: 200, body: JSON.stringify({ from }) });
  const handlers = { ping: says('ping'), say: says('say'), $default: says('default') };
  loopback = await startLoopback(routes, handlers, deps);
  return opened(loopback.client());
}

async function answers(client: Awaited<ReturnType<typeof start>>, action: string) {
  const answer = heard(client);
  client.send(JSON.stringify({ action }));
  return answer;
}

const tooMany = (connectionId: unknown) => ({
  message: 'Too Many Requests',
  connectionId,
  requestId: expect.stringMatching(/=$/),
});

test('a throttled message is answered by the gateway, reaches no function, and the socket lives', async () => {
  const client = await start({ $connect: route(), ping: throttled(2), say: route(true) });
  const [connecting] = loopback.invocations('$connect');
  for (const _ of [1, 2]) expect(await answers(client, 'ping')).toEqual({ from: 'ping' });
  expect(await answers(client, 'ping')).toEqual(tooMany(connecting?.requestContext.connectionId));
  expect(loopback.invocations('ping')).toHaveLength(2);
  expect(await answers(client, 'say')).toEqual({ from: 'say' });
});

test('all clients of a route share its bucket, and one of another route does not', async () => {
  const first = await start({ ping: throttled(1), $default: throttled(1) });
  const second = await opened(loopback.client());
  expect(await answers(first, 'ping')).toEqual({ from: 'ping' });
  expect(await answers(second, 'ping')).toMatchObject({ message: 'Too Many Requests' });
  expect(await answers(second, 'unknown')).toEqual({ from: 'default' });
  expect(await answers(first, 'unknown')).toMatchObject({ message: 'Too Many Requests' });
});

test('a throttled handshake gets 429 and asks no function', async () => {
  await start({ $connect: throttled(1), $default: route(true) });
  expect(await refused(loopback.client())).toBe(429);
  expect(loopback.invocations('$connect')).toHaveLength(1);
});

test('a throttled $disconnect is lost, which the log says', async () => {
  const warned: string[] = [];
  const log = { ...silent, warn: (line: string) => warned.push(line) };
  const first = await start({ $disconnect: throttled(1), $default: route(true) }, { log });
  const second = await opened(loopback.client());
  first.terminate();
  await loopback.invoked('$disconnect');
  second.terminate();
  await loopback.gateway.stop();
  expect(loopback.invocations('$disconnect')).toHaveLength(1);
  expect(warned).toEqual([expect.stringMatching(/\$disconnect of \S+ is lost: Too Many Requests/)]);
});

test('handshakes and messages of all routes share the account’s bucket', async () => {
  const client = await start({ ping: route(true), $default: route(true) }, account(3));
  expect(await answers(client, 'ping')).toEqual({ from: 'ping' });
  expect(await answers(client, 'unknown')).toEqual({ from: 'default' });
  expect(await answers(client, 'ping')).toMatchObject({ message: 'Too Many Requests' });
  expect(await refused(loopback.client())).toBe(429);
});

test('a message that its route refuses takes no token of the account', async () => {
  const client = await start({ ping: throttled(0), $default: route(true) }, account(2));
  for (const _ of [1, 2, 3])
    expect(await answers(client, 'ping')).toMatchObject({ message: 'Too Many Requests' });
  expect(await answers(client, 'unknown')).toEqual({ from: 'default' });
});

test('a new plan brings its own throttles to sockets that are open', async () => {
  const client = await start({ ping: throttled(0) });
  expect(await answers(client, 'ping')).toMatchObject({ message: 'Too Many Requests' });
  loopback.gateway.update(planWith({ ping: throttled(1) }));
  expect(await answers(client, 'ping')).toEqual({ from: 'ping' });
});
