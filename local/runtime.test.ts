// The runtime whole: a message goes all the way, and a stop gives everything back and loses nothing.
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { hangUp, listen } from './http/listen.ts';
import { Refusal } from './refusal.ts';
import { lockDataFolder } from './storage/data-folder.ts';
import { ask, type Copy, copyProduct } from './testing/product-copy.ts';

let copy: Copy;
beforeEach(() => {
  copy = copyProduct();
});
afterEach(() => copy.remove());

const portOf = (url: string) => Number(new URL(url).port);

/** Resolves where the port can be taken, and gives it back. */
async function takeBoth(...ports: number[]) {
  for (const port of ports) await hangUp((await listen('--port', port)).server);
}

/** A message as the bus gets it; everything its catalogue asks for. */
function messageSent(text: string, messageId: string) {
  const detail = {
    ...{ messageId, room: 'lobby', topics: ['room:lobby'], userId: 'u1', nickname: 'Ann', text },
    ...{ sentAt: '2026-01-01T00:00:00.000Z', bodyHash: text, senderTag: 'none' },
    ...{ claimUntil: 4_102_444_800, keepUntil: 0 },
  };
  const Detail = JSON.stringify(detail);
  return { Source: 'chat.api', DetailType: 'MessageSent', Detail };
}

test('a plain message comes back to who sent it', async () => {
  const { websocket } = await copy.start();
  const socket = new WebSocket(websocket);
  await once(socket, 'open');
  socket.send('{"action":"sendmessage","message":"hi"}');
  const [frame] = await once(socket, 'message');
  expect(JSON.parse(String(frame))).toMatchObject({ message: 'hi' });
  socket.close();
});

test('a stop frees both ports, the data folder and the bundles', async () => {
  const data = join(copy.root, 'data');
  const runtime = await copy.start({ data });
  expect(() => lockDataFolder(data)).toThrow('already running here');
  await runtime.stop();
  await runtime.stop();
  await takeBoth(portOf(runtime.page), portOf(runtime.aws));
  lockDataFolder(data)();
  expect(existsSync(join(copy.root, '.hubbub', 'build', String(portOf(runtime.aws))))).toBe(false);
});

test('a start that is refused leaves nothing running and the folder free', async () => {
  const before = await copy.start();
  const [port, awsPort] = [portOf(before.page), portOf(before.aws)];
  await before.stop();
  const data = join(copy.root, 'data');
  appendFileSync(join(copy.root, 'api', 'src', 'routes', 'ping.ts'), '\nexport const = 1;\n');
  await expect(copy.start({ port, awsPort, data })).rejects.toThrow(/ping\.ts:\d+:14: Expected/);
  await takeBoth(port, awsPort);
  lockDataFolder(data)();
});

test('a port that is taken is refused by its flag', async () => {
  const { page } = await copy.start();
  const again = copy.start({ port: portOf(page) });
  await expect(again).rejects.toThrow(Refusal);
  await expect(again).rejects.toThrow(`flags: --port = ${portOf(page)}: this port is taken`);
});

test('what was accepted and under way at the stop is delivered after the restart, once', async () => {
  const data = join(copy.root, 'data');
  const first = await copy.start({ data, faults: { tables: { throttleRate: 1, seed: 1 } } });
  const { buses, tables } = first.plan();
  const entry = { ...messageSent('kept', 'm1'), EventBusName: buses[0]?.name };
  const began = copy.said(/^bus MessageSent .* delivered m1/);
  expect(await ask(first.aws, 'AWSEvents.PutEvents', { Entries: [entry] })).toMatchObject({
    FailedEntryCount: 0,
  });
  await began;
  const cutOff = copy.said(/executions were still running; they start again/);
  await first.stop();
  await cutOff;

  const done = copy.said(/^machine .* SUCCEEDED m1/);
  const second = await copy.start({ data });
  await done;
  const { name: TableName } = tables.find(({ name }) => name.includes('essages')) ?? {};
  expect(await ask(second.aws, 'DynamoDB_20120810.Scan', { TableName })).toMatchObject({
    Items: expect.arrayContaining([
      expect.objectContaining({ messageId: { S: 'm1' }, text: { S: 'kept' }, seq: { N: '1' } }),
    ]),
  });
  await second.stop();
  expect(readFileSync(join(data, 'executions.jsonl'), 'utf8')).toBe('');
});
