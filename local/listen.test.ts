// A port: taken for this machine only, refused by flag, given back whole.
import { once } from 'node:events';
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
