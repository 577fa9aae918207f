// Docker's bridge: what comes from its subnet is passed on, and nothing else.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Refusal } from '../refusal.ts';
import { relay } from './docker-bridge.ts';

/** Linux has all of 127.0.0.0/8; elsewhere this is nobody's address, as a bridge inside Docker Desktop is. */
const gateway = '127.0.0.2';
const isLinux = process.platform === 'linux';

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  server.close();
});

/** What comes back for what is sent to the gateway; '' where the connection is ended instead, undefined where none is made. */
async function echo(): Promise<string | undefined> {
  const socket = connect(port, gateway);
  socket.end('hello');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  const failed = once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code);
  const code = await Promise.race([failed, once(socket, 'close').then(() => 'closed')]);
  return code === 'closed' || code === 'ECONNRESET' ? heard : undefined;
}

test('a container’s connection reaches the same port of the loopback address, until the relay ends', async () => {
  const close = await relay({ gateway, subnet: '127.0.0.0/8' }, [port]);
  expect(await echo()).toBe(isLinux ? 'hello' : undefined);
  close();
  expect(await echo()).toBeUndefined();
});

test('nobody else’s does', async () => {
  const close = await relay({ gateway, subnet: '172.17.0.0/16' }, [port]);
  expect(await echo()).toBe(isLinux ? '' : undefined);
  close();
});

test('a second relay leaves the first its port, and an address that is not here needs none', async () => {
  const bridge = { gateway, subnet: '127.0.0.0/8' };
  const first = await relay(bridge, [port]);
  (await relay(bridge, [port]))();
  (await relay({ gateway: '203.0.113.7', subnet: '203.0.113.0/24' }, [port]))();
  expect(await echo()).toBe(isLinux ? 'hello' : undefined);
  first();
});

test('a port that cannot be taken is refused, and what that means', async () => {
  const refused = relay({ gateway: 'no.such.host.invalid', subnet: '127.0.0.0/8' }, [port]);
  await expect(refused).rejects.toThrow(Refusal);
  await expect(refused).rejects.toThrow('no container can reach npm start');
});
