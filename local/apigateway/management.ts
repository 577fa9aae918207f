// The management API: @connections, what functions and other programs call to reach a client.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../http/body.ts';
import type { Connection } from './connection.ts';
import type { Dice } from './faults.ts';

/** What the management API needs of the gateway. */
export interface Switchboard {
  stage(): string;
  find(connectionId: string): Connection | undefined;
  messageBytes: number;
  dice: Dice;
  /** Told of every answer: the method, the status, the body's bytes where it was a post. */
  answered(method: string, status: number, body: Buffer, ms: number): void;
}

interface Answer {
  status: number;
  errorType?: string;
  body?: unknown;
}

/** `/@connections/{id}` and `/{stage}/@connections/{id}`; SigV4 clients encode the `@`, and AWS decodes a path once. */
const PATH = /^(?:\/(?<stage>[^/@]+))?\/(?:@|%40)connections\/(?<id>[^/?]+)(?<rest>\/[^?]*)?/;

/** What a path of the management API names, still URL-encoded; `rest` follows the id. Undefined for any other path. */
export function connectionIn(path: string) {
  const { stage, id, rest } = PATH.exec(path)?.groups ?? {};
  return id === undefined ? undefined : { stage, id, rest };
}

/**
 * POST 200 (410 gone, 413 over 128 KB, 429), GET 200, DELETE 204.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export async function manage(
  board: Switchboard,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<void> {
  const startedAt = performance.now();
  const method = req.method ?? '';
  const body = await bodyOf(req, board.messageBytes);
  const answer = answerTo(board, method, path, body);
  const json = answer.body === undefined ? '' : JSON.stringify(answer.body);
  res.writeHead(answer.status, {
    ...(json && { 'Content-Type': 'application/json' }),
    'Content-Length': Buffer.byteLength(json),
    // Without it the SDKs cannot name the error: GoneException would be Unknown.
    ...(answer.errorType && { 'x-amzn-ErrorType': answer.errorType }),
  });
  res.end(json);
  board.answered(method, answer.status, body ?? Buffer.alloc(0), performance.now() - startedAt);
}

function answerTo(board: Switchboard, method: string, path: string, body?: Buffer): Answer {
  const named = connectionIn(path);
  if (
    named === undefined ||
    named.rest !== undefined ||
    !['POST', 'GET', 'DELETE'].includes(method)
  ) {
    return failure(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const { stage, id } = named;
  if (stage !== undefined && stage !== board.stage()) {
    return failure(403, 'ForbiddenException', 'Forbidden');
  }
  const connectionId = decoded(id);
  if (connectionId === undefined) {
    return failure(400, 'BadRequestException', 'Invalid connectionId');
  }
  if (!body) return failure(413, 'PayloadTooLargeException', 'Message too long');
  const connection = board.find(connectionId);
  if (!connection) return gone(connectionId);
  if (method === 'POST') return post(board, connection, body);
  if (method === 'GET') return described(connection);
  connection.close(1000, 'Connection Closed Normally');
  return { status: 204 };
}

function post({ dice }: Switchboard, connection: Connection, body: Buffer): Answer {
  const { connectionId } = connection.facts;
  if (dice.throttled()) return failure(429, 'LimitExceededException', 'Too Many Requests');
  if (dice.gone()) return gone(connectionId);
  if (dice.cut()) {
    connection.cut();
    return { status: 200 };
  }
  return connection.send(body, !isUtf8(body)) ? { status: 200 } : gone(connectionId);
}

function described(connection: Connection): Answer {
  const { connectedAt, sourceIp, userAgent } = connection.facts;
  return {
    status: 200,
    body: {
      connectedAt: new Date(connectedAt).toISOString(),
      identity: { sourceIp, ...(userAgent !== undefined && { userAgent }) },
      lastActiveAt: new Date(connection.lastActiveAt()).toISOString(),
    },
  };
}

function gone(connectionId: string): Answer {
  return { status: 410, errorType: 'GoneException', body: { message: null, connectionId } };
}

function failure(status: number, errorType: string, message: string): Answer {
  return { status, errorType, body: { message } };
}

function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id);
  } catch {
    // A broken escape is the caller's mistake: answered with a 400.
    return undefined;
  }
}
