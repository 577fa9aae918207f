// The event a route's function receives, exactly as API Gateway writes it.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { newId } from './identifier.ts';

/** What every event of one connection repeats. Times are epoch milliseconds. */
export interface ConnectionFacts {
  connectionId: string;
  apiId: string;
  stage: string;
  domainName: string;
  connectedAt: number;
  sourceIp: string;
  userAgent?: string;
}

/** One Lambda event, to be sent as JSON; `requestId` is what error frames repeat. */
export interface RequestEvent {
  requestContext: { requestId: string } & Record<string, unknown>;
  isBase64Encoded: false;
  [field: string]: unknown;
}

export function connectEvent(facts: ConnectionFacts, req: IncomingMessage): RequestEvent {
  const { searchParams } = new URL(req.url ?? '/', 'ws://client');
  const query = multiValues([...searchParams]);
  const headers = multiValues([...clientHeaders(req), ...forwardedHeaders(facts, req)]);
  return {
    headers: lastValues(headers),
    multiValueHeaders: headers,
    ...(searchParams.size > 0 && {
      queryStringParameters: lastValues(query),
      multiValueQueryStringParameters: query,
    }),
    requestContext: context(facts, '$connect', 'CONNECT'),
    isBase64Encoded: false,
  };
}

export function messageEvent(facts: ConnectionFacts, routeKey: string, body: string): RequestEvent {
  return {
    requestContext: { ...context(facts, routeKey, 'MESSAGE'), messageId: newId() },
    body,
    isBase64Encoded: false,
  };
}

/** `code` and `reason` as the close frame carried them; 1005 without a code, 1006 without a frame. */
export function disconnectEvent(facts: ConnectionFacts, code: number, reason: string) {
  const headers = {
    Host: facts.domainName,
    'x-api-key': '',
    'X-Forwarded-For': '',
    'x-restapi': '',
  };
  const requestContext = {
    ...context(facts, '$disconnect', 'DISCONNECT'),
    disconnectStatusCode: code,
    disconnectReason: code === 1005 ? 'Client-side close frame status not set' : reason,
  };
  return {
    headers,
    multiValueHeaders: multiValues(Object.entries(headers)),
    requestContext,
    isBase64Encoded: false,
  } satisfies RequestEvent;
}

function context(facts: ConnectionFacts, routeKey: string, eventType: string) {
  const now = Date.now();
  const requestId = newId();
  const { sourceIp, userAgent, ...rest } = facts;
  return {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    requestTimeEpoch: now,
    identity: { ...(userAgent !== undefined && { userAgent }), sourceIp },
    requestId,
    ...rest,
  };
}

/** `09/Feb/2024:18:23:28 +0000` */
function commonLogTime(epochMs: number): string {
  const [, day, month, year, time] = new Date(epochMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

const HOP_BY_HOP = new Set(['connection', 'upgrade']);

function clientHeaders({ rawHeaders }: IncomingMessage): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, pair): [string, string] => [
    rawHeaders[2 * pair] ?? '',
    rawHeaders[2 * pair + 1] ?? '',
  ]).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
}

function forwardedHeaders(facts: ConnectionFacts, req: IncomingMessage): [string, string][] {
  return [
    ['X-Amzn-Trace-Id', traceId(facts.connectedAt)],
    ['X-Forwarded-For', facts.sourceIp],
    ['X-Forwarded-Port', String(req.socket.localPort ?? 443)],
    ['X-Forwarded-Proto', 'http'],
  ];
}

/** `Root=1-65c66a2f-0123456789abcdef01234567`: the second, then 96 random bits, in hex. */
function traceId(epochMs: number): string {
  const second = Math.floor(epochMs / 1000).toString(16);
  return `Root=1-${second}-${randomBytes(12).toString('hex')}`;
}

function multiValues(pairs: [string, string][]): Record<string, string[]> {
  return Object.fromEntries(
    Map.groupBy(pairs, ([name]) => name)
      .entries()
      .map(([name, values]) => [name, values.map(([, value]) => value)]),
  );
}

function lastValues(multi: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(multi).map(([name, values]) => [name, values.at(-1) ?? '']),
  );
}
