// The sample events of api/events and workflows/events, as a Lambda function receives them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyWebsocketEventV2, Context } from 'aws-lambda';
import type { Action } from '../../shared/src/protocol/frames.ts';

const ROOT = join(import.meta.dirname, '../..');

/** `sample('workflows/events/broadcast.json')`: read anew, so that a test may change it. */
export const sample = <T>(file: string): T =>
  JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as T;

export type Handshake = APIGatewayProxyWebsocketEventV2 & {
  requestContext: { identity: { sourceIp: string } };
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
};

/** The sample event of a route, from the given connection, with the given frame where one is given. */
export function routeEvent(
  route: 'disconnect' | 'default' | Action,
  { connectionId, body }: { connectionId?: string; body?: unknown } = {},
): APIGatewayProxyWebsocketEventV2 {
  const event = sample<APIGatewayProxyWebsocketEventV2>(`api/events/${route}.json`);
  if (connectionId !== undefined) event.requestContext.connectionId = connectionId;
  if (body !== undefined) event.body = typeof body === 'string' ? body : JSON.stringify(body);
  return event;
}

/** What the sample client says of itself from this connection, with these fields changed. */
export function helloEvent(
  connectionId: string,
  fields: Record<string, unknown> = {},
): APIGatewayProxyWebsocketEventV2 {
  const frame = JSON.parse(routeEvent('hello').body ?? '') as Record<string, unknown>;
  return routeEvent('hello', { connectionId, body: { ...frame, ...fields } });
}

/** The sample handshake with these headers and no others. */
export function handshake(connectionId: string, headers: Record<string, string>): Handshake {
  const multiValueHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  );
  const event = { ...sample<Handshake>('api/events/connect.json'), headers, multiValueHeaders };
  event.requestContext.connectionId = connectionId;
  return event;
}

/** What a function reads of its context: the time it has left, in milliseconds. */
export const context = (remainingMs: () => number = () => 10_000): Context =>
  ({ getRemainingTimeInMillis: remainingMs }) as Context;

/** The frame in a route's response; undefined if it answers nothing. */
export function frameIn(response: unknown): unknown {
  const { statusCode, body } = response as { statusCode: number; body?: string };
  if (statusCode !== 200) throw new Error(`The route answered ${statusCode}`);
  return body === undefined ? undefined : JSON.parse(body);
}
