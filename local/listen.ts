// A port of this machine: an HTTP server on 127.0.0.1, and nowhere else.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from './refusal.ts';

/** Listens; port 0 picks a free one. Throws a Refusal naming the flag when the port is taken. */
export async function listen(
  flag: string,
  port: number,
): Promise<{ server: Server; port: number }> {
  const server = createServer();
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
  return { server, port: (server.address() as AddressInfo).port };
}

/** Ends the server and what is left of its connections. */
export async function hangUp(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeAllConnections();
  await closed;
}
