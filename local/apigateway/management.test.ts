// Tests of @connections, as the AWS SDK and as bare HTTP sees it.
import { once } from 'node:events';
import { request } from 'node:http';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, test } from '@jest/globals';
import { silent } from '../log.ts';
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
let sdk: ApiGatewayManagementApiClient;
afterEach(async () => {
  sdk.destroy();
  await loopback.stop();
});

const routes = { $connect: route(), $disconnect: route(), $default: route(true) };

async function start(handlers: Record<string, Handler> = {}, deps?: Partial<GatewayDeps>) {
  loopback = await startLoopback(routes, handlers, deps);
  sdk = new ApiGatewayManagementApiClient({
    endpoint: `${loopback.endpoint}/dev`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return loopback;
}

async function connected() {
  const client = await opened(loopback.client('/dev', [], { headers: { 'User-Agent': 'jest' } }));
  const ConnectionId = loopback.invocations('$connect').at(-1)?.requestContext.connectionId ?? '';
  return { client, ConnectionId };
}

const post = (ConnectionId: string, Data: string | Uint8Array = '{}') =>
  sdk.send(new PostToConnectionCommand({ ConnectionId, Data }));

/** Bare HTTP; fetch would not let a test choose every method and path. */
async function http(method: string, path: string, body = '') {
  const sent = request(`${loopback.endpoint}${path}`, { method }).end(body);
  const [response] = await once(sent, 'response');
  const text = (await response.toArray()).join('');
  return {
    status: response.statusCode,
    errorType: response.headers['x-amzn-errortype'],
    body: text ? JSON.parse(text) : undefined,
  };
}

describe('@connections', () => {
  test('POST sends the body as one text frame and answers 200', async () => {
    await start();
    const { client, ConnectionId } = await connected();
    const frame = once(client, 'message');
    const { $metadata } = await post(ConnectionId, '{"type":"message","text":"héllo"}');
    const [data, isBinary] = await frame;
    expect([$metadata.httpStatusCode, isBinary]).toEqual([200, false]);
    expect(JSON.parse(String(data))).toEqual({ type: 'message', text: 'héllo' });
  });

  test('POST of bytes that are not UTF-8 sends a binary frame', async () => {
    await start();
    const { client, ConnectionId } = await connected();
    const frame = once(client, 'message');
    await post(ConnectionId, new Uint8Array([0xff, 0]));
    const [data, isBinary] = await frame;
    expect([isBinary, [...data]]).toEqual([true, [0xff, 0]]);
  });

  test('POST takes 128 KB and answers 413 to one byte more, harming nobody', async () => {
    await start();
    const { client, ConnectionId } = await connected();
    const frame = once(client, 'message');
    await expect(post(ConnectionId, 'x'.repeat(131_073))).rejects.toMatchObject({
      name: 'PayloadTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
    await post(ConnectionId, 'x'.repeat(131_072));
    expect(String((await frame)[0])).toHaveLength(131_072);
  });

  test('GET tells when and from where, as dates the SDK can read', async () => {
    await start();
    const before = Date.now();
    const { ConnectionId } = await connected();
    const connection = await sdk.send(new GetConnectionCommand({ ConnectionId }));
    expect(connection.ConnectedAt?.getTime()).toBeGreaterThanOrEqual(before);
    expect(connection.LastActiveAt?.getTime()).toBeGreaterThanOrEqual(before);
    const { status, body } = await http('GET', `/@connections/${encodeURIComponent(ConnectionId)}`);
    expect([status, body]).toEqual([
      200,
      {
        connectedAt: connection.ConnectedAt?.toISOString(),
        identity: { sourceIp: '127.0.0.1', userAgent: 'jest' },
        lastActiveAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    ]);
  });

  test('DELETE answers 204, closes the socket and is told to $disconnect', async () => {
    await start();
    const { client, ConnectionId } = await connected();
    const code = closed(client);
    const { $metadata } = await sdk.send(new DeleteConnectionCommand({ ConnectionId }));
    expect([$metadata.httpStatusCode, await code]).toEqual([204, 1000]);
    const [event] = await loopback.invoked('$disconnect');
    expect(event?.requestContext).toMatchObject({
      connectionId: ConnectionId,
      disconnectStatusCode: 1000,
      disconnectReason: 'Connection Closed Normally',
    });
    await expect(post(ConnectionId)).rejects.toMatchObject({ name: 'GoneException' });
  });

  test('answers a GoneException for a connection that is over or never was', async () => {
    await start();
    const { client, ConnectionId } = await connected();
    client.close();
    await loopback.invoked('$disconnect');
    for (const command of [
      new PostToConnectionCommand({ ConnectionId, Data: '{}' }),
      new GetConnectionCommand({ ConnectionId }),
      new DeleteConnectionCommand({ ConnectionId: 'never0000000000=' }),
    ]) {
      await expect(sdk.send(command as PostToConnectionCommand)).rejects.toMatchObject({
        name: 'GoneException',
        $metadata: { httpStatusCode: 410 },
      });
    }
    expect(await http('POST', '/@connections/abc%3D', '{}')).toEqual({
      status: 410,
      errorType: 'GoneException',
      body: { message: null, connectionId: 'abc=' },
    });
  });

  test('does not know a connection before its $connect has answered', async () => {
    let early: unknown;
    await start({
      $connect: async ({ requestContext }) => {
        early = await post(requestContext.connectionId).catch((error: Error) => error.name);
        return { statusCode: 200 };
      },
    });
    const { ConnectionId } = await connected();
    expect(early).toBe('GoneException');
    await post(ConnectionId);
  });

  test('works with and without the stage, and answers 403 Forbidden for another stage', async () => {
    await start();
    const { ConnectionId } = await connected();
    const id = encodeURIComponent(ConnectionId);
    expect(await http('POST', `/@connections/${id}`, '1')).toMatchObject({ status: 200 });
    expect(await http('POST', `/dev/@connections/${id}`, '1')).toMatchObject({ status: 200 });
    expect(await http('POST', `/dev/@connections/${ConnectionId}`, '1')).toMatchObject({
      status: 200,
    });
    expect(await http('POST', `/prod/@connections/${id}`, '1')).toMatchObject({
      status: 403,
      errorType: 'ForbiddenException',
    });
  });

  test.each([
    ['PUT', '/dev/@connections/abc%3D'],
    ['POST', '/dev/@connections/'],
    ['POST', '/dev/@connections/abc%3D/more'],
    ['GET', '/dev'],
  ])('answers %s %s 403 Missing Authentication Token', async (method, path) => {
    await start();
    expect(await http(method, path)).toEqual({
      status: 403,
      errorType: 'MissingAuthenticationTokenException',
      body: { message: 'Missing Authentication Token' },
    });
  });

  test('decodes an id once, and answers 400 where it cannot', async () => {
    await start();
    expect((await http('GET', '/@connections/abc%253D')).body).toMatchObject({
      connectionId: 'abc%3D',
    });
    expect(await http('GET', '/@connections/%E0%A4%A')).toMatchObject({
      status: 400,
      errorType: 'BadRequestException',
    });
  });

  test('cuts off a client that does not read before its backlog grows without bound', async () => {
    const warnings: string[] = [];
    const log = { ...silent, warn: (line: string) => warnings.push(line) };
    await start({}, { log, limits: { bufferedBytes: 256 * 1024 } });
    const deaf = rawHandshake(loopback.port);
    await once(deaf, 'data');
    deaf.pause();
    const [connecting] = await loopback.invoked('$connect');
    const id = connecting?.requestContext.connectionId ?? '';
    const big = 'x'.repeat(128 * 1024);
    let error: unknown;
    for (let posts = 0; posts < 500 && !error; posts += 1) {
      error = await post(id, big).then(
        () => undefined,
        (reason: unknown) => reason,
      );
    }
    expect(error).toMatchObject({ name: 'GoneException' });
    expect(warnings.join()).toContain('does not read');
    const [event] = await loopback.invoked('$disconnect');
    expect(event?.requestContext.disconnectStatusCode).toBe(1006);
    deaf.destroy();
  });
});

describe('faults', () => {
  test('throttle posts with LimitExceededException', async () => {
    await start({}, { faults: { throttleRate: 1 } });
    const { ConnectionId } = await connected();
    await expect(post(ConnectionId)).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 429 },
    });
  });

  test('throttle posts above a rate, whichever connections they are for', async () => {
    await start({}, { faults: { postsPerS: 3 } });
    const [one, other] = [await connected(), await connected()];
    const ids = [one, other, one, other].map(({ ConnectionId }) => ConnectionId);
    const posts = await Promise.allSettled(ids.map((id) => post(id)));
    expect(posts.map(({ status }) => status).sort()).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
    ]);
  });

  test('call living connections gone', async () => {
    await start(
      { $default: () => ({ statusCode: 200, body: '{"alive":true}' }) },
      { faults: { goneRate: 1 } },
    );
    const { client, ConnectionId } = await connected();
    await expect(post(ConnectionId)).rejects.toMatchObject({ name: 'GoneException' });
    client.send('hello');
    expect(await heard(client)).toEqual({ alive: true });
  });

  test('cut the socket under a message, which nobody hears', async () => {
    await start({}, { faults: { cutRate: 1 } });
    const { client } = await connected();
    client.send('hello');
    expect(await closed(client)).toBe(1006);
    expect(loopback.invocations('$default')).toHaveLength(0);
  });

  test('cut the socket under a post that seemed to succeed', async () => {
    await start({}, { faults: { cutRate: 1 } });
    const { client, ConnectionId } = await connected();
    const code = closed(client);
    await post(ConnectionId);
    expect(await code).toBe(1006);
  });

  test('lose every $disconnect', async () => {
    await start({}, { faults: { loseDisconnects: true } });
    const { client } = await connected();
    client.close();
    await closed(client);
    await loopback.gateway.stop();
    expect(loopback.gateway.count()).toBe(0);
    expect(loopback.invocations('$disconnect')).toHaveLength(0);
  });

  test('fall the same way for the same seed', async () => {
    const outcomes: string[][] = [];
    for (const seed of [7, 7, 8]) {
      await start({}, { faults: { seed, throttleRate: 0.5 } });
      const { ConnectionId } = await connected();
      const outcome: string[] = [];
      for (let posts = 0; posts < 24; posts += 1) {
        outcome.push(
          await post(ConnectionId).then(
            () => 'sent',
            (error: Error) => error.name,
          ),
        );
      }
      outcomes.push(outcome);
      if (outcomes.length < 3) await loopback.stop();
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).not.toEqual(outcomes[0]);
  });
});
