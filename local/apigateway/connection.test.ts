// Tests of a connection's limits and its one end.
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  closed,
  type Handler,
  heard,
  type Loopback,
  opened,
  rawHandshake,
  route,
  startLoopback,
} from '../testing/loopback-gateway.ts';
import type { GatewayDeps } from './gateway.ts';

let loopback: Loopback;
afterEach(() => loopback.stop());

const routes = { $connect: route(), $disconnect: route(), $default: route(true) };
const answerLength: Handler = ({ body }) => ({
  statusCode: 200,
  body: `{"length":${body?.length ?? 0}}`,
});

async function start(handlers: Record<string, Handler> = {}, deps?: Partial<GatewayDeps>) {
  loopback = await startLoopback(routes, { $default: answerLength, ...handlers }, deps);
  return loopback;
}

async function end() {
  const [event] = await loopback.invoked('$disconnect');
  return event?.requestContext;
}

describe('the size limits', () => {
  test('close a frame of 32,769 bytes with 1009, unheard', async () => {
    const { client, invocations } = await start();
    const big = await opened(client());
    big.send('x'.repeat(32_769));
    expect(await closed(big)).toBe(1009);
    expect(await end()).toMatchObject({ disconnectStatusCode: 1009 });
    expect(invocations('$default')).toHaveLength(0);
  });

  test('let a frame of 32,768 bytes pass', async () => {
    const { client } = await start();
    const big = await opened(client());
    big.send('x'.repeat(32_768));
    expect(await heard(big)).toEqual({ length: 32_768 });
  });

  test('let a message of 100 KB pass in fragments below 32 KB', async () => {
    const { client } = await start();
    const big = await opened(client());
    const part = 'x'.repeat(25 * 1024);
    for (const fin of [false, false, false, true]) big.send(part, { fin });
    expect(await heard(big)).toEqual({ length: 100 * 1024 });
  });

  test('close a message over 128 KB with 1009 though each fragment is small', async () => {
    const { client, invocations } = await start();
    const big = await opened(client());
    const part = 'x'.repeat(32 * 1024);
    for (const fin of [false, false, false, false, true]) big.send(part, { fin });
    expect(await closed(big)).toBe(1009);
    expect(await end()).toMatchObject({ disconnectStatusCode: 1009 });
    expect(invocations('$default')).toHaveLength(0);
  });

  test('hold when a frame header comes byte by byte', async () => {
    const { port } = await start();
    const socket = rawHandshake(port);
    await once(socket, 'data');
    const header = Buffer.from([0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0x80, 0x01, 1, 2, 3, 4]);
    for (const byte of header) socket.write(Buffer.from([byte]));
    const [frame] = await once(socket, 'data');
    expect([frame.readUInt8(0), frame.readUInt16BE(2)]).toEqual([0x88, 1009]);
    socket.destroy();
    expect(await end()).toMatchObject({ disconnectStatusCode: 1009 });
  });
});

describe('the clocks', () => {
  test('close an idle connection with 1001 Going away', async () => {
    const { client } = await start({}, { limits: { idleMs: 30 } });
    expect(await closed(client())).toBe(1001);
    expect(await end()).toMatchObject({
      disconnectStatusCode: 1001,
      disconnectReason: 'Going away',
    });
  });

  test('leave pings to ws, which answers them', async () => {
    const { client } = await start();
    const pinging = await opened(client());
    pinging.ping('are you there');
    const [answer] = await once(pinging, 'pong');
    expect(String(answer)).toBe('are you there');
  });
});

describe('the end of a connection', () => {
  test('carries the client’s code and reason to $disconnect, with the whole context', async () => {
    const { client } = await start();
    const leaving = await opened(client());
    const [connecting] = loopback.invocations('$connect');
    leaving.close(4001, 'good night');
    const [event] = await loopback.invoked('$disconnect');
    expect(event).toEqual({
      headers: expect.objectContaining({ Host: expect.any(String) }),
      multiValueHeaders: expect.objectContaining({ Host: [expect.any(String)] }),
      requestContext: {
        ...connecting?.requestContext,
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        disconnectStatusCode: 4001,
        disconnectReason: 'good night',
        requestId: expect.any(String),
        extendedRequestId: expect.any(String),
        requestTime: expect.any(String),
        requestTimeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
  });

  test('without a close code is 1005, in AWS’s words', async () => {
    const { client } = await start();
    (await opened(client())).close();
    expect(await end()).toMatchObject({
      disconnectStatusCode: 1005,
      disconnectReason: 'Client-side close frame status not set',
    });
  });

  test('without a close frame is 1006', async () => {
    const { client } = await start();
    (await opened(client())).terminate();
    expect(await end()).toMatchObject({ disconnectStatusCode: 1006 });
  });

  test('by text that is not UTF-8 is 1007', async () => {
    const { client } = await start();
    const broken = await opened(client());
    broken.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await closed(broken)).toBe(1007);
    expect(await end()).toMatchObject({ disconnectStatusCode: 1007 });
  });

  test('hurts nobody when $disconnect throws', async () => {
    const { client, gateway, invoked } = await start({
      $disconnect: () => {
        throw new Error('no table');
      },
    });
    const staying = await opened(client());
    (await opened(client())).close();
    await invoked('$disconnect');
    staying.send('hello');
    expect(await heard(staying)).toEqual({ length: 5 });
    expect(gateway.count()).toBe(1);
  });

  test('of 200 clients at once is told 200 times, each connection once, and handshakes still pass', async () => {
    let running = 0;
    const queue: (() => void)[] = [];
    const fewAtOnce: Handler = async () => {
      if (running >= 5) await new Promise<void>((resolve) => queue.push(resolve));
      running += 1;
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      queue.shift()?.();
      return { statusCode: 200 };
    };
    const { client, gateway, invoked, invocations } = await start({ $disconnect: fewAtOnce });
    const crowd = await Promise.all(Array.from({ length: 200 }, () => opened(client())));
    expect(gateway.count()).toBe(200);
    for (const [place, one] of crowd.entries()) place % 2 ? one.terminate() : one.close();
    const late = await opened(client());
    late.send('hello');
    expect(await heard(late)).toEqual({ length: 5 });
    await invoked('$disconnect', 200);
    await gateway.stop();
    const ids = invocations('$disconnect').map(({ requestContext }) => requestContext.connectionId);
    expect([ids.length, new Set(ids).size]).toEqual([201, 201]);
  });
});

describe('stop', () => {
  test('closes every socket with 1001 and waits for every $disconnect', async () => {
    let finished = 0;
    const { client, gateway } = await start({
      $disconnect: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        finished += 1;
        return { statusCode: 200 };
      },
    });
    const clients = await Promise.all([opened(client()), opened(client())]);
    const codes = Promise.all(clients.map(closed));
    await gateway.stop();
    expect([finished, gateway.count()]).toEqual([2, 0]);
    expect(await codes).toEqual([1001, 1001]);
  });

  test('waits for a handshake under way, closes it too and tells its $disconnect', async () => {
    const { promise, resolve } = Promise.withResolvers();
    let finished = 0;
    const { client, gateway, invoked } = await start({
      $connect: () => promise,
      $disconnect: async () => {
        await new Promise((later) => setImmediate(later));
        finished += 1;
        return { statusCode: 200 };
      },
    });
    const code = closed(client());
    await invoked('$connect');
    const stopped = gateway.stop();
    resolve({ statusCode: 200 });
    await stopped;
    expect(finished).toBe(1);
    expect(await code).toBe(1001);
  });

  test('does not wait forever for a function that hangs', async () => {
    const { promise, resolve } = Promise.withResolvers();
    const { client, gateway } = await start(
      { $disconnect: () => promise },
      { limits: { stopMs: 20 } },
    );
    await opened(client());
    await gateway.stop();
    expect(gateway.count()).toBe(0);
    resolve({ statusCode: 200 });
  });

  test('cuts a client that never answers the close', async () => {
    const { port, gateway, invoked } = await start({}, { limits: { stopMs: 20 } });
    const deaf = rawHandshake(port);
    await once(deaf, 'data');
    const cut = once(deaf, 'close');
    deaf.resume();
    await gateway.stop();
    await cut;
    expect(await invoked('$disconnect')).toHaveLength(1);
  });

  test('lets nobody in afterwards', async () => {
    const { client, gateway } = await start();
    await gateway.stop();
    const late = client();
    const [, response] = await once(late, 'unexpected-response');
    expect(response.statusCode).toBe(503);
    response.destroy();
  });
});

test('closeAll closes every socket with 1001 and lets new ones in', async () => {
  const { client, gateway } = await start();
  const first = await opened(client());
  const code = closed(first);
  gateway.closeAll();
  expect(await code).toBe(1001);
  await opened(client());
  expect(gateway.count()).toBe(1);
});
