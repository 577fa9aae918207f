// A port of this machine: an HTTP server on 127.0.0.1, and nowhere else.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Refusal } from './refusal.ts';

/** With Node's five seconds, a client on a busy machine sends on a connection that ends under it. */
const IDLE_MS = 60_000;

/**
 * Listens; port 0 picks a free one. Throws a Refusal naming the flag when the port is taken.
 * Until `open` nobody answers yet: requests wait for it, and a WebSocket is told 503, so that its client tries again.
 */
export async function listen(
  flag: string,
  port: number,
): Promise<{ server: Server; port: number; open(): void }> {
  const server = createServer({ keepAliveTimeout: IDLE_MS });
  const early: [IncomingMessage, ServerResponse][] = [];
  const hold = (req: IncomingMessage, res: ServerResponse) => void early.push([req, res]);
  server.on('request', hold);
  server.on('upgrade', notYet);
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new Refusal(
          'flags',
          flag,
          port,
          error.code === 'EADDRINUSE'
            ? `this port is taken; try ${flag} 0`
            : `cannot listen (${error.code})`,
        ),
      ),
    );
    server.listen(port, '127.0.0.1', done);
  });
  const open = () => {
    server.off('request', hold).off('upgrade', notYet);
    for (const [req, res] of early.splice(0)) server.emit('request', req, res);
  };
  return { server, port: (server.address() as AddressInfo).port, open };
}

function notYet(_req: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

/** Ends the server and what is left of its connections. */
export async function hangUp(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeAllConnections();
  await closed;
}
