// Promise: what is left stays left. One user's devices, while the bus tells of joins and leaves late, twice and out of order.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { connect } from '../../front/src/core/chat.js';
import { createMemoryKeep } from '../../front/src/ports/memory.js';
import { everybodyLeaves, join } from './client.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';

const seed = Number(process.env.CONTRACT_SEED ?? 1);
const bus = { copies: 2, delayMs: [0, 600], dropRate: 0, seed };
const ROUNDS = 4;

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await startLocal(['--faults', JSON.stringify({ bus })]);
});
afterAll(() => runtime.stop());
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.map((chat) => chat.close()));
  await everybodyLeaves();
});

/** A device of whoever has the secret, once it is live. */
async function device(secret: string) {
  const keep = createMemoryKeep();
  keep.write('secret', secret);
  const chat = connect({ url: runtime.websocket, ports: { keep } });
  open.push(chat);
  await new Promise<void>((done) => {
    chat.on('status', ({ state }) => state === 'live' && done());
  });
  return chat;
}

test('rooms that are left at once come back on no device, and not with the next', async () => {
  const secret = createHash('sha256').update(randomUUID()).digest('base64url');
  const witness = await join(runtime.websocket, 'silent');
  witness.send({ action: 'hello', v: 1, clientId: randomUUID(), epoch: 1, secret });
  await witness.awaits('the welcome', (heard) => heard.find(({ type }) => type === 'welcome'));
  const [ada, other] = [await device(secret), await device(secret)];
  const rooms = Array.from({ length: ROUNDS }, () => `tea-${randomUUID().slice(0, 8)}`);
  for (const room of rooms) {
    await ada.join(room, { create: true });
    await ada.leave(room);
  }
  // Each is told twice: once all of it was, what the other device asks after it is asked last.
  for (const room of rooms)
    for (const type of ['joined', 'left'])
      await witness.awaits(`${type} twice`, (heard) => {
        const told = heard.filter(
          (frame) => frame.type === type && 'room' in frame && frame.room === room,
        );
        return told.length >= bus.copies ? told : undefined;
      });
  await other.join(`end-${randomUUID().slice(0, 8)}`, { create: true });
  for (const chat of [ada, other])
    expect(chat.rooms().filter((room) => rooms.includes(room))).toEqual([]);
  const next = await device(secret);
  expect(next.rooms().filter((room) => rooms.includes(room))).toEqual([]);
});
