// Stands before MiniStack's WebSocket APIs and gives the client its subprotocol, which MiniStack keeps to itself.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export interface Gateway {
  /** The stage's WebSocket URL, on 127.0.0.1. */
  url: string;
  stop(): Promise<void>;
}

/** `upstream` is the stage's address on the emulator, ws://127.0.0.1:PORT/_aws/execute-api/API/STAGE. */
export async function startGateway(upstream: string): Promise<Gateway> {
  const server = createServer();
  const clients = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const { 'sec-websocket-protocol': subprotocol, origin, 'user-agent': agent } = request.headers;
    // As a header and not as an option: a client that offers a subprotocol and is answered none gives up.
    const headers = {
      ...(subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol }),
      ...(origin === undefined ? {} : { Origin: origin }),
      ...(agent === undefined ? {} : { 'User-Agent': agent }),
    };
    const there = new WebSocket(upstream, { headers });
    there.once('unexpected-response', (_, { statusCode = 500 }) => {
      socket.end(`HTTP/1.1 ${statusCode} Refused\r\nConnection: close\r\n\r\n`);
    });
    there.once('error', () => socket.destroy());
    there.once('open', () =>
      clients.handleUpgrade(request, socket, head, (here) => {
        join(here, there);
        join(there, here);
      }),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    async stop() {
      for (const client of clients.clients) client.terminate();
      await new Promise((done) => server.close(done));
    },
  };
}

function join(from: WebSocket, to: WebSocket): void {
  from.on('message', (data, isBinary) => to.send(data, { binary: isBinary }));
  from.on('error', () => to.terminate());
  from.on('close', (code) => {
    // 1005 and 1006 stand for a missing close frame and cannot be sent.
    if (code === 1006) to.terminate();
    else if (code === 1005) to.close();
    else to.close(code);
  });
}
