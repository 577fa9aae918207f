// Tests of the handshake: what $connect, the stage and the rate decide before there is a socket.
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ClientOptions } from 'ws';
import {
  type Handler,
  heard,
  type Loopback,
  opened,
  rawHandshake,
  refused,
  route,
  startLoopback,
} from '../testing/loopback-gateway.ts';
import type { GatewayDeps } from './gateway.ts';

let loopback: Loopback;
afterEach(() => loopback.stop());

async function start($connect?: Handler, deps?: Partial<GatewayDeps>) {
  loopback = await startLoopback(
    { $connect: route(), $disconnect: route(), $default: route(true) },
    {
      ...($connect && { $connect }),
      $default: () => ({ statusCode: 200, body: '{"heard":true}' }),
    },
    deps,
  );
  return loopback;
}

const id = expect.stringMatching(/^[\w-]{15}=$/);

describe('the handshake', () => {
  test('opens at /stage and at /stage/, with a query', async () => {
    const { client } = await start();
    await opened(client('/dev'));
    await opened(client('/dev/?room=lobby'));
    expect(loopback.gateway.count()).toBe(2);
  });

  test('answers a wrong stage 403 without asking $connect', async () => {
    const { client, invocations } = await start();
    expect(await refused(client('/prod'))).toBe(403);
    expect(await refused(client('/'))).toBe(403);
    expect(await refused(client('/dev/deeper'))).toBe(403);
    expect(invocations('$connect')).toHaveLength(0);
  });

  test('needs no $connect route', async () => {
    loopback = await startLoopback({ $default: route(true) });
    await opened(loopback.client());
  });

  test.each([401, 403, 500])(
    'passes the status %i of $connect on to the client',
    async (statusCode) => {
      const { client, gateway, invocations } = await start(() => ({ statusCode }));
      expect(await refused(client())).toBe(statusCode);
      expect(gateway.count()).toBe(0);
      await gateway.stop();
      expect(invocations('$disconnect')).toHaveLength(0);
    },
  );

  test('answers 502 when $connect throws', async () => {
    const { client } = await start(() => {
      throw new Error('no table');
    });
    expect(await refused(client())).toBe(502);
  });

  test.each([
    ['nothing', undefined],
    ['a string', 'fine'],
    ['no statusCode', { body: 'fine' }],
    ['a body that is an object', { statusCode: 200, body: {} }],
  ])('answers 502 when $connect returns %s', async (_what, result) => {
    const { client } = await start(() => result);
    expect(await refused(client())).toBe(502);
  });

  test('answers 504 when $connect takes longer than the integration may', async () => {
    const { promise, resolve } = Promise.withResolvers();
    const { client } = await start(() => promise, { limits: { integrationMs: 20 } });
    expect(await refused(client())).toBe(504);
    resolve({ statusCode: 200 });
  });

  test('stays closed until a slow $connect has answered', async () => {
    const { promise, resolve } = Promise.withResolvers();
    const { client, gateway, invoked } = await start(() => promise);
    const slow = client();
    await invoked('$connect');
    expect([slow.readyState, gateway.count()]).toEqual([slow.CONNECTING, 0]);
    resolve({ statusCode: 200 });
    await opened(slow);
    expect(gateway.count()).toBe(1);
  });

  test('loses no frame that comes with the end of the handshake', async () => {
    const { client } = await start();
    const eager = client();
    eager.on('open', () => eager.send('at once'));
    expect(await heard(eager)).toEqual({ heard: true });
  });

  test('echoes the subprotocol that $connect returned, whatever the case of its header', async () => {
    const headers = { 'SEC-WebSocket-Protocol': 'chat.v1' };
    const { client } = await start(() => ({ statusCode: 200, headers }));
    const chatting = await opened(client('/dev', ['other', 'chat.v1']));
    expect(chatting.protocol).toBe('chat.v1');
  });

  test('selects no subprotocol unless $connect returned one', async () => {
    const { client, invoked } = await start();
    const asking = client('/dev', ['chat.v1']);
    // The ws client, like a browser, fails a handshake whose subprotocol was not answered.
    const [error] = await once(asking, 'error');
    expect(String(error)).toMatch(/no subprotocol/i);
    expect((await invoked('$connect'))[0]?.headers).toMatchObject({
      'Sec-WebSocket-Protocol': 'chat.v1',
    });
  });

  test('answers 429 above the rate of new connections', async () => {
    const { client, invocations } = await start(undefined, { limits: { connectsPerS: 2 } });
    await Promise.all([opened(client()), opened(client())]);
    expect(await refused(client())).toBe(429);
    expect(invocations('$connect')).toHaveLength(2);
  });

  test('answers 400 to an upgrade that is not WebSocket, without asking $connect', async () => {
    const { port, invocations } = await start();
    const socket = rawHandshake(port, 'h2c');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    await once(socket, 'close');
    expect(invocations('$connect')).toHaveLength(0);
  });

  test('tells $disconnect of a client that left while $connect was working', async () => {
    const { promise, resolve } = Promise.withResolvers();
    const { port, gateway, invoked } = await start(() => promise);
    const impatient = rawHandshake(port);
    const [connecting] = await invoked('$connect');
    impatient.destroy();
    await once(impatient, 'close');
    resolve({ statusCode: 200 });
    const [leaving] = await invoked('$disconnect');
    expect(leaving?.requestContext).toMatchObject({
      connectionId: connecting?.requestContext.connectionId,
      disconnectStatusCode: 1006,
    });
    expect(gateway.count()).toBe(0);
  });

  test('tells $disconnect when the upgrade fails after $connect said yes', async () => {
    const { port, gateway, invoked } = await start();
    const socket = rawHandshake(port, 'websocket', 'Sec-WebSocket-Protocol: a,,b');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    const [leaving] = await invoked('$disconnect');
    expect(leaving?.requestContext.disconnectStatusCode).toBe(1006);
    expect(gateway.count()).toBe(0);
  });

  test('describes the request to $connect as API Gateway does', async () => {
    const { client, invoked } = await start();
    const options: ClientOptions = {
      headers: { Origin: 'https://chat.example', 'User-Agent': 'jest' },
      finishRequest: (request) => request.setHeader('X-Twice', ['a', 'b']).end(),
    };
    await opened(client('/dev?room=a&room=b&as=Ann%20B', [], options));
    const [event] = await invoked('$connect');
    expect(event).toMatchObject({
      queryStringParameters: { room: 'b', as: 'Ann B' },
      multiValueQueryStringParameters: { room: ['a', 'b'], as: ['Ann B'] },
      headers: { Origin: 'https://chat.example', 'X-Twice': 'b', 'X-Forwarded-For': '127.0.0.1' },
      multiValueHeaders: { Origin: ['https://chat.example'], 'X-Twice': ['a', 'b'] },
      isBase64Encoded: false,
    });
    expect(event?.headers).not.toHaveProperty('Upgrade');
    expect(event).not.toHaveProperty('body');
    const clock = /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/;
    expect(event?.requestContext).toEqual({
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: id,
      requestTime: expect.stringMatching(clock),
      messageDirection: 'IN',
      stage: 'dev',
      connectedAt: expect.any(Number),
      requestTimeEpoch: expect.any(Number),
      identity: { sourceIp: '127.0.0.1', userAgent: 'jest' },
      requestId: id,
      domainName: 'abcd1234.execute-api.eu-central-1.amazonaws.com',
      connectionId: id,
      apiId: 'abcd1234',
    });
  });

  test('leaves the query out of the event when there is none', async () => {
    const { client, invoked } = await start(undefined, { domainName: 'chat.example' });
    await opened(client());
    const [event] = await invoked('$connect');
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event?.requestContext.domainName).toBe('chat.example');
  });
});
