// The handshake: stage, rate and $connect decide before the socket is upgraded.
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Limits } from './limits.ts';

/** What the gateway says to a handshake: let in, with the subprotocol that `$connect` chose, or refused with a status. */
export type Verdict = { admitted: true; protocol?: string } | { admitted: false; status: number };

/** The status of a handshake that is refused before `$connect` is asked, so that no row is written for what cannot become a socket. */
export function refusalOf(req: IncomingMessage, stage: string): 400 | 403 | undefined {
  if (!isWebSocket(req)) return 400;
  const path = (req.url ?? '').split('?')[0];
  return path === `/${stage}` || path === `/${stage}/` ? undefined : 403;
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

/** Answers with plain HTTP and closes, as AWS does with `{"message": …, "connectionId", "requestId"}`. */
export function refuse(socket: Duplex, status: number, facts: Record<string, string> = {}): void {
  const text = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ message: text, ...facts });
  // The client may never close its half.
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${text}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

/** Turns admitted sockets into WebSockets: no compression, no subprotocol but the one `$connect` answered. */
export function createUpgrader(limits: Limits) {
  const chosen = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.messageBytes,
    handleProtocols: (_offered, req) => chosen.get(req) ?? false,
  });
  /** Undefined where the client is gone or its request is not WebSocket after all; the socket is then closed. */
  return (
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    protocol?: string,
  ): WebSocket | undefined => {
    let upgraded: WebSocket | undefined;
    if (protocol) chosen.set(req, protocol);
    server.handleUpgrade(req, socket, head, (ws) => {
      upgraded = ws;
    });
    return upgraded;
  };
}
