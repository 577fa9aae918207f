// A gateway on a loopback server with a Lambda the test plays: what this folder's tests stand on.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import WebSocket, { type ClientOptions } from 'ws';
import { type GatewayDeps, startGateway } from '../apigateway/gateway.ts';
import type { ApiPlan, RoutePlan } from '../cloudformation/plan.ts';
import { silent } from '../log.ts';

/** One invocation as the played function sees it. */
export interface Invocation {
  requestContext: Record<string, unknown> & { routeKey: string; connectionId: string };
  body?: string;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  queryStringParameters?: Record<string, string>;
  multiValueQueryStringParameters?: Record<string, string[]>;
  isBase64Encoded: boolean;
}

/** A handler's result; it throws to be a function error. */
export type Handler = (invocation: Invocation) => unknown;

const ok = { statusCode: 200 };

export function route(responds = false, timeoutMs = 29_000): RoutePlan {
  return { functionArn: 'set by planWith', responds, timeoutMs };
}

export function planWith(routes: Record<string, RoutePlan>): ApiPlan {
  const named = Object.entries(routes).map(([key, plan]) => [key, { ...plan, functionArn: key }]);
  return {
    id: 'abcd1234',
    name: 'ChatApi',
    stage: 'dev',
    selectionField: 'action',
    routes: Object.fromEntries(named),
    origin: { file: 'api/template.yaml', path: 'Resources.ChatApi' },
  };
}

/** Starts it on a free port. Routes without a handler answer 200. */
export async function startLoopback(
  routes: Record<string, RoutePlan>,
  handlers: Record<string, Handler> = {},
  deps: Partial<GatewayDeps> = {},
) {
  const invocations: Invocation[] = [];
  const called = new EventTarget();
  const gateway = startGateway(planWith(routes), {
    aws: {
      async call(_service, _action, { FunctionName, Payload }) {
        const invocation: Invocation = JSON.parse(String(Payload));
        invocations.push(invocation);
        called.dispatchEvent(new Event('call'));
        try {
          const result = (await (handlers[String(FunctionName)] ?? (() => ok))(invocation)) ?? null;
          return { StatusCode: 200, Payload: JSON.stringify(result) };
        } catch (error) {
          const Payload = JSON.stringify({ errorMessage: String(error) });
          return { StatusCode: 200, FunctionError: 'Unhandled', Payload };
        }
      },
    },
    log: silent,
    region: 'eu-central-1',
    ...deps,
  });
  const server = createServer((req, res) => {
    gateway
      .connections(req, res, req.url ?? '')
      .catch((error: unknown) => res.destroy(error as Error));
  });
  server.on('upgrade', gateway.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const of = (routeKey: string) =>
    invocations.filter(({ requestContext }) => requestContext.routeKey === routeKey);

  return {
    gateway,
    port,
    endpoint: `http://127.0.0.1:${port}`,
    invocations: of,
    client: (path = '/dev', protocols: string[] = [], options: ClientOptions = {}) =>
      new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, options),
    /** Waits until the route was invoked `times` times. */
    async invoked(routeKey: string, times = 1): Promise<Invocation[]> {
      while (of(routeKey).length < times) await once(called, 'call');
      return of(routeKey);
    },
    async stop(): Promise<void> {
      await gateway.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

export type Loopback = Awaited<ReturnType<typeof startLoopback>>;

/** A bare socket that asks for the upgrade: for what a real client would never send. */
export function rawHandshake(port: number, upgrade = 'websocket', ...headers: string[]): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(
    [
      'GET /dev HTTP/1.1',
      'Host: gateway',
      'Connection: Upgrade',
      `Upgrade: ${upgrade}`,
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
      '\r\n',
    ].join('\r\n'),
  );
  return socket;
}

/** Resolves when the handshake succeeded. */
export async function opened(client: WebSocket): Promise<WebSocket> {
  await once(client, 'open');
  return client;
}

/** The next frame, parsed. */
export async function heard(client: WebSocket): Promise<Record<string, unknown>> {
  const [data] = await once(client, 'message');
  return JSON.parse(String(data));
}

/** The close code. */
export async function closed(client: WebSocket): Promise<number> {
  const [code] = await once(client, 'close');
  return code;
}

/** The status a refused handshake got. */
export async function refused(client: WebSocket): Promise<number | undefined> {
  const [, response] = await once(client, 'unexpected-response');
  client.on('error', () => undefined);
  client.terminate();
  return response.statusCode;
}
