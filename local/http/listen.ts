// A port of this machine: an HTTP server on 127.0.0.1, and nowhere else, that answers only its own callers.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../refusal.ts';
import { foreignHost, foreignRequest, type OwnPages } from './allowed-requests.ts';
import { dropBody } from './body.ts';

/** With Node's five seconds, a client on a busy machine sends on a connection that ends under it. */
const IDLE_MS = 60_000;
/** How long a port that is taken is tried again, and how often. */
const ENDING_MS = 300;
const RETRY_MS = 20;

/** What answers at a port. */
export interface PortService extends OwnPages {
  answer(req: IncomingMessage, res: ServerResponse): void;
  /** Answers a foreign request, in the service's own format; plain text by default. Its status is 403. */
  refuse?(req: IncomingMessage, res: ServerResponse, why: string): void;
  /** A WebSocket's handshake. Whether its Origin may come in is for the service to say. */
  upgrade?(req: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface Port {
  server: Server;
  port: number;
  open(service: PortService): void;
}

/**
 * Listens; port 0 picks a free one. Throws a Refusal naming the flag when the port is taken.
 * Until `open` a request waits, and a WebSocket is told 503, so that its client tries again.
 */
export async function listen(flag: string, port: number): Promise<Port> {
  const server = createServer({ keepAliveTimeout: IDLE_MS });
  const early: [IncomingMessage, ServerResponse][] = [];
  const hold = (req: IncomingMessage, res: ServerResponse) => void early.push([req, res]);
  server.on('request', hold);
  server.on('upgrade', notYet);
  await take(server, flag, port);
  const open = (service: PortService) => {
    const { upgrade } = service;
    const answer = answerOwn(service);
    server.off('request', hold).off('upgrade', notYet).on('request', answer);
    if (upgrade !== undefined) server.on('upgrade', upgradeOwn(upgrade));
    for (const [req, res] of early.splice(0)) answer(req, res);
  };
  return { server, port: (server.address() as AddressInfo).port, open };
}

/** A process that was just killed holds its ports for a moment longer than its data folder. */
async function take(server: Server, flag: string, port: number): Promise<void> {
  const until = performance.now() + ENDING_MS;
  for (;;) {
    try {
      const listening = once(server, 'listening');
      server.listen(port, '127.0.0.1');
      await listening;
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE') throw new Refusal('flags', flag, port, `cannot listen (${code})`);
      if (performance.now() > until)
        throw new Refusal('flags', flag, port, `this port is taken; try ${flag} 0`);
      await sleep(RETRY_MS);
    }
  }
}

/** Refuses a foreign request before its body is read. */
function answerOwn(service: PortService) {
  const { answer, refuse = refuseAsText } = service;
  return (req: IncomingMessage, res: ServerResponse): void => {
    const why = foreignRequest(req, service);
    if (why === undefined) answer(req, res);
    else {
      dropBody(req);
      refuse(req, res, why);
    }
  };
}

function upgradeOwn(upgrade: NonNullable<PortService['upgrade']>) {
  return (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const why = foreignHost(req);
    if (why === undefined) upgrade(req, socket, head);
    else endWith(socket, '403 Forbidden', `${why}\n`);
  };
}

function refuseAsText(_req: IncomingMessage, res: ServerResponse, why: string): void {
  res.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

function notYet(_req: IncomingMessage, socket: Duplex): void {
  endWith(socket, '503 Service Unavailable');
}

function endWith(socket: Duplex, status: string, body = ''): void {
  socket.on('error', () => socket.destroy());
  // The client may never close its half.
  socket.once('finish', () => socket.destroy());
  const head = ['Connection: close', `Content-Length: ${Buffer.byteLength(body)}`];
  if (body !== '') head.push('Content-Type: text/plain; charset=utf-8');
  socket.end([`HTTP/1.1 ${status}`, ...head, '', body].join('\r\n'));
}

/** Ends the server and what is left of its connections. */
export async function hangUp(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeAllConnections();
  await closed;
}
