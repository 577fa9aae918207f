// A port: taken for this machine only, refused by flag, given back whole.
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { hangUp, listen } from './listen.ts';
import { Refusal } from './refusal.ts';

test('port 0 picks a free one, on the loopback address', async () => {
  const { server, port } = await listen('--port', 0);
  expect(server.address()).toMatchObject({ address: '127.0.0.1', port });
  await hangUp(server);
});

test('a port that is taken is refused by its flag, with a way out', async () => {
  const { server, port } = await listen('--port', 0);
  const taken = listen('--aws-port', port);
  await expect(taken).rejects.toThrow(Refusal);
  await expect(taken).rejects.toThrow(
    `flags: --aws-port = ${port}: this port is taken; try --aws-port 0`,
  );
  await hangUp(server);
});

test('hanging up ends connections that are open, and frees the port', async () => {
  const { server, port } = await listen('--port', 0);
  const client = connect(port, '127.0.0.1');
  await Promise.all([once(client, 'connect'), once(server, 'connection')]);
  const closed = once(client, 'close');
  await hangUp(server);
  await closed;
  await hangUp((await listen('--port', port)).server);
});

test('a request that comes before anybody answers is answered then; later ones at once, and once', async () => {
  const { server, port, open } = await listen('--port', 0);
  const early = fetch(`http://127.0.0.1:${port}/early`);
  await once(server, 'request');
  server.on('request', (req, res) => res.end(req.url));
  open();
  expect(await (await early).text()).toBe('/early');
  expect(await (await fetch(`http://127.0.0.1:${port}/late`)).text()).toBe('/late');
  await hangUp(server);
});

test('a WebSocket that comes so early is told 503, and keeps no port from closing', async () => {
  const { server, port } = await listen('--port', 0);
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
  const handshake = request({ host: '127.0.0.1', port, headers }).end();
  const [response] = await once(handshake, 'response');
  expect(response.statusCode).toBe(503);
  response.resume();
  await hangUp(server);
});
