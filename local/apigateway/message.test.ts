// Tests of messages: which function hears them, and what comes back.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Hop } from '../log.ts';
import { silent } from '../log.ts';
import {
  closed,
  type Handler,
  heard,
  type Loopback,
  opened,
  planWith,
  route,
  startLoopback,
} from '../testing/loopback-gateway.ts';
import type { GatewayDeps } from './gateway.ts';

let loopback: Loopback;
afterEach(() => loopback.stop());

const says =
  (what: string): Handler =>
  () => ({ statusCode: 200, body: `{"from":"${what}"}` });
const withDefault = {
  ping: route(true),
  $default: route(true),
  $connect: route(),
  $disconnect: route(),
};

async function start(
  routes: Parameters<typeof startLoopback>[0],
  handlers: Record<string, Handler> = {},
  deps?: Partial<GatewayDeps>,
) {
  loopback = await startLoopback(routes, handlers, deps);
  return opened(loopback.client());
}

describe('a message', () => {
  test('goes to the route its action names', async () => {
    const client = await start(withDefault, { ping: says('ping'), $default: says('default') });
    client.send('{"action":"ping","n":1}');
    expect(await heard(client)).toEqual({ from: 'ping' });
    const [event] = loopback.invocations('ping');
    expect(event).toEqual({
      requestContext: expect.objectContaining({
        eventType: 'MESSAGE',
        messageId: expect.stringMatching(/^[\w-]{15}=$/),
        messageDirection: 'IN',
      }),
      body: '{"action":"ping","n":1}',
      isBase64Encoded: false,
    });
  });

  test.each([
    ['is not JSON', 'hello'],
    ['is JSON but no object', '"ping"'],
    ['is null', 'null'],
    ['has no action', '{"n":1}'],
    ['has an action that is no string', '{"action":["ping"]}'],
    ['has an unknown action', '{"action":"fly"}'],
    ['has an action every object inherits', '{"action":"toString"}'],
    ['names $connect', '{"action":"$connect"}'],
    ['names $disconnect', '{"action":"$disconnect"}'],
  ])('that %s goes to $default', async (_what, text) => {
    const client = await start(withDefault, { $default: says('default') });
    client.send(text);
    expect(await heard(client)).toEqual({ from: 'default' });
    expect(loopback.invocations('$connect')).toHaveLength(1);
    expect(loopback.invocations('$default')[0]?.body).toBe(text);
  });

  test('for no route is Forbidden where there is no $default, and the socket lives', async () => {
    const client = await start({ ping: route(true), $connect: route() }, { ping: says('ping') });
    client.send('{"action":"fly"}');
    const frame = await heard(client);
    const [connecting] = loopback.invocations('$connect');
    expect(frame).toEqual({
      message: 'Forbidden',
      connectionId: connecting?.requestContext.connectionId,
      requestId: expect.stringMatching(/=$/),
    });
    client.send('{"action":"ping"}');
    expect(await heard(client)).toEqual({ from: 'ping' });
  });

  test.each<[string, Handler]>([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['returns nothing', () => undefined],
    ['returns a body that is no string', () => ({ statusCode: 200, body: { a: 1 } })],
    ['returns base64', () => ({ statusCode: 200, body: 'aGk=', isBase64Encoded: true })],
    ['returns more than 128 KB', () => ({ statusCode: 200, body: 'x'.repeat(131_073) })],
  ])('whose function %s gets an error frame, and the socket lives', async (_what, handler) => {
    const client = await start(withDefault, { ping: handler, $default: says('default') });
    client.send('{"action":"ping"}');
    const frame = await heard(client);
    const context = loopback.invocations('ping')[0]?.requestContext;
    expect(frame).toEqual({
      message: 'Internal server error',
      connectionId: context?.connectionId,
      requestId: context?.requestId,
    });
    client.send('still here');
    expect(await heard(client)).toEqual({ from: 'default' });
  });

  test('whose function exceeds the integration time-out is told so', async () => {
    const { promise, resolve } = Promise.withResolvers();
    const routes = { ping: route(true, 15) };
    const client = await start(routes, { ping: () => promise });
    client.send('{"action":"ping"}');
    expect(await heard(client)).toMatchObject({ message: 'Endpoint request timed out' });
    resolve({ statusCode: 200 });
  });

  test('gets its function’s body only where the route responds', async () => {
    const routes = { quiet: route(false), ping: route(true) };
    const client = await start(routes, { quiet: says('quiet'), ping: says('ping') });
    client.send('{"action":"quiet"}');
    await loopback.invoked('quiet');
    client.send('{"action":"ping"}');
    expect(await heard(client)).toEqual({ from: 'ping' });
  });

  test('does not wait for the one before it', async () => {
    const { promise, resolve } = Promise.withResolvers();
    const client = await start(withDefault, { ping: says('ping'), $default: () => promise });
    client.send('slow');
    client.send('{"action":"ping"}');
    expect(await heard(client)).toEqual({ from: 'ping' });
    resolve({ statusCode: 200, body: '{"from":"slow"}' });
    expect(await heard(client)).toEqual({ from: 'slow' });
  });

  test('that is binary closes the socket with 1003 and reaches no function', async () => {
    const client = await start(withDefault);
    client.send(Buffer.from('{"action":"ping"}'), { binary: true });
    expect(await closed(client)).toBe(1003);
    expect(loopback.invocations('ping')).toHaveLength(0);
  });

  test('follows a new plan on the socket that is already open', async () => {
    const client = await start({ ping: route(true) }, { fly: says('fly') });
    loopback.gateway.update(planWith({ fly: route(true) }));
    client.send('{"action":"fly"}');
    expect(await heard(client)).toEqual({ from: 'fly' });
  });

  test('leaves one line with its route, status and messageId, and none of its text', async () => {
    const hops: Hop[] = [];
    const lines: string[] = [];
    const keep = (line: string) => lines.push(line);
    const log = { ...silent, hop: (hop: Hop) => hops.push(hop), warn: keep, detail: keep };
    const handlers: Record<string, Handler> = {
      ping: says('ping'),
      $default: () => ({ statusCode: 200, body: '{"messageId":"minted-here"}' }),
    };
    const client = await start(withDefault, handlers, { log });
    client.send('{"action":"ping","messageId":"0198-a","message":"private words"}');
    await heard(client);
    client.send('plain words');
    await heard(client);
    expect(hops.slice(1)).toMatchObject([
      { service: 'gateway', what: 'ping', messageId: '0198-a', status: 200, failed: false },
      { service: 'gateway', what: '$default', messageId: 'minted-here', status: 200 },
    ]);
    expect(JSON.stringify([hops, lines])).not.toContain('words');
  });
});
