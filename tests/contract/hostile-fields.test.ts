// Every field of every action with hostile values, over a real socket: each costs its sender a typed error at most, and the socket lives on.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ERRORS, type ErrorFrame } from '../../shared/src/protocol/errors.ts';
import type { Pong, ServerFrame } from '../../shared/src/protocol/frames.ts';
import { ACTIONS } from '../../shared/src/protocol/parse.ts';
import { seededChance } from '../front/chance.ts';
import { EVERY_ACTION, HOSTILE } from '../product/every-action.ts';
import { type Client, everybodyLeaves, join } from './client.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';

/** Of each field, so many hostile values, drawn by chance: a validator's test has them all. */
const VALUES = 6;
/** Hello's: another epoch or client is another connection, whose end is what was asked for. */
const ENDING = ['epoch', 'clientId'];
const NAMES = ['constructor', 'tostring', 'valueof', 'hasownproperty', 'prototype', 'then'];
const chance = seededChance(Number(process.env.CONTRACT_SEED ?? 1));

let chat: LocalRuntime;
let pings = 0;
beforeAll(async () => {
  chat = await startLocal();
});
afterEach(everybodyLeaves);
afterAll(() => chat.stop());

/** What `client` was told with this look, after saying the frame as often as a bucket that a bad frame has emptied asks for. */
async function insists<T>(
  client: Client,
  frame: object,
  look: (heard: readonly ServerFrame[]) => T | undefined,
): Promise<T> {
  for (;;) {
    const limited = () => client.heard.filter((one) => isError(one) && one.code === 'RateLimited');
    const before = limited().length;
    client.send(frame);
    const told = await client.awaits(JSON.stringify(frame), (heard) => {
      const found = look(heard);
      if (found !== undefined) return { found };
      return limited().length > before ? {} : undefined;
    });
    if ('found' in told && told.found !== undefined) return told.found;
  }
}

/** Everything that was sent before has been taken: whatever it costs has begun. */
function pong(client: Client): Promise<Pong> {
  pings += 1;
  const n = pings;
  return insists(client, { action: 'ping', n }, (heard) =>
    heard.find((one): one is Pong => one.type === 'pong' && one.n === n),
  );
}

const joins = (client: Client, room: string) =>
  insists(client, { action: 'join', room, create: true }, (heard) =>
    heard.find((one) => one.type === 'joined' && one.room === room && one.head !== undefined),
  );

const isError = (one: ServerFrame): one is ErrorFrame => one.type === 'error';
/** A frame above 32 KB costs the socket, as API Gateway has it (promises/bad-frames.ts). */
const FIT = HOSTILE.filter((value) => JSON.stringify(value).length < 8_000);
const drawn = () => FIT[Math.floor(chance.fraction() * FIT.length)];
const FIELDS = ACTIONS.flatMap((action) =>
  Object.keys(EVERY_ACTION[action] ?? {}).map((field) => ({ action, field })),
);

test.each(FIELDS.filter(({ field }) => !ENDING.includes(field)))(
  '$action, $field',
  async ({ action, field }) => {
    const client = await join(chat.websocket);
    const hello = action === 'hello' ? { clientId: randomUUID(), epoch: Date.now() } : {};
    for (let at = 0; at < VALUES; at += 1) {
      client.send({ action, ...EVERY_ACTION[action], ...hello, [field]: drawn() });
      await pong(client);
    }
    // A hello may have asked for no room at all.
    await joins(client, 'lobby');
    const messageId = randomUUID();
    await insists(client, { action: 'sendmessage', messageId, message: 'Still here' }, (heard) =>
      heard.find((one) => one.type === 'message' && one.messageId === messageId),
    );
    const codes = client.heard.filter(isError).map(({ code }) => code);
    for (const code of codes) expect(Object.keys(ERRORS)).toContain(code);
    // That is what nobody thought of.
    expect(codes).not.toContain('Internal');
  },
);

test('rooms and people that are called as objects’ own properties are rooms and people like any other', async () => {
  const [ann, bob] = await Promise.all([join(chat.websocket), join(chat.websocket)]);
  for (const room of NAMES) {
    for (const client of [ann, bob]) {
      await joins(client, room);
      client.send({ action: 'members', room });
    }
    expect(await bob.hears(ann.says(`in ${room}`, { room }))).toMatchObject({ room, seq: 1 });
  }
  const nobody = (frame: { type: string; code?: unknown }) => frame.code === 'NoSuchUser';
  for (const to of ['__proto__', 'constructor', 'toString']) {
    const ref = ann.says(`to ${to}`, { to });
    await ann.awaits(`that ${to} is nobody`, (heard) =>
      heard.find((one) => isError(one) && one.ref === ref && nobody(one)),
    );
  }
  const { heads, present } = await pong(ann);
  for (const room of NAMES) {
    expect(Object.getOwnPropertyDescriptor(heads, room)?.value).toBe(1);
    expect(Object.getOwnPropertyDescriptor(present, room)?.value).toBe(2);
    await ann.awaits(`who is in ${room}`, (heard) =>
      heard.find((one) => one.type === 'members' && one.room === room),
    );
  }
  expect([...ann.heard, ...bob.heard].filter((one) => isError(one) && !nobody(one))).toEqual([]);
});
