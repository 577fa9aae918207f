// Promise: API Gateway's id of a connection, with which a socket can be posted to and ended, is in no frame of ours.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ServerFrame } from '../../shared/src/protocol/frames.ts';
import { EVERY_ACTION, HOSTILE } from '../product/every-action.ts';
import { type Client, everybodyLeaves, join } from './client.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { CONNECTIONS_TABLE, scan } from './stored.ts';

/** Every type there is: the compiler asks for a new one's line, and the test for its frame. */
const TYPES: Record<ServerFrame['type'], true> = {
  ...{ welcome: true, replaced: true, error: true, accepted: true, message: true, history: true },
  ...{ pong: true, joined: true, left: true, invited: true, removed: true, rooms: true },
  ...{ members: true, presence: true, typing: true, nickname: true },
};

let runtime: LocalRuntime;
const ids = new Set<string>();

beforeAll(async () => {
  runtime = await startLocal(['--quiet']);
});
afterEach(everybodyLeaves);
afterAll(() => runtime.stop());

/** Without those that API Gateway itself ends a socket for. */
const ODD = HOSTILE.filter((value) => Buffer.byteLength(JSON.stringify(value)) < 1_000);
const secretOf = (name: string) => createHash('sha256').update(name).digest('base64url');
const typed =
  <T extends ServerFrame['type']>(type: T) =>
  (frame: ServerFrame): frame is Extract<ServerFrame, { type: T }> =>
    frame.type === type;
const told = <T extends ServerFrame['type']>(client: Client, type: T) =>
  client.awaits(type, (heard) => heard.find(typed(type)));

/** Remembers the ids of all that are connected now. */
async function seeIds(): Promise<void> {
  for (const { pk, sk } of await scan(runtime.aws, CONNECTIONS_TABLE))
    if (sk?.S === 'connection') ids.add(pk?.S?.slice('connection#'.length) ?? '');
}

async function enters(name: string, fields: object = {}): Promise<Client> {
  const client = await join(runtime.websocket, 'silent');
  const clientId = `client-of-${name}`;
  client.send({
    ...{ action: 'hello', v: 1, clientId, epoch: 1, secret: secretOf(name), nickname: name },
    ...fields,
  });
  await client.awaits('an answer to hello', (heard) => heard[0]);
  await seeIds();
  return client;
}

/** Asks until it is answered: a bad frame takes all tokens, and too many in a row end the socket. */
async function goesOn(client: Client): Promise<void> {
  const n = client.heard.length;
  const ask = () => client.send({ action: 'ping', n });
  ask();
  const again = setInterval(ask, 300);
  await client.awaits('a pong', (heard) =>
    heard.find((frame) => frame.type === 'pong' && frame.n === n),
  );
  clearInterval(again);
}

test('no route, broadcast, rule or error tells it, of any connection', async () => {
  const ada = await enters('ada');
  const bob = await enters('bob');
  const plain = await join(runtime.websocket, 'plain');
  await seeIds();
  const { userId } = await told(bob, 'welcome');
  await told(ada, 'presence');

  plain.send({ action: 'sendmessage', message: 'plain words' });
  const { connectionId: tag } = await ada.hearsWords('plain words');
  plain.send({ action: 'sendmessage', message: 'more plain words' });
  expect((await ada.hearsWords('more plain words')).connectionId).toBe(tag);
  const messageId = ada.says('hello');
  expect((await bob.hears(messageId)).connectionId).not.toBe(tag);
  ada.send({ action: 'sendmessage', messageId, message: 'other words' });
  await told(ada, 'error');

  ada.send({ action: 'join', room: 'den', create: true, visibility: 'private' });
  await told(ada, 'joined');
  ada.send({ action: 'invite', room: 'den', userId });
  await told(bob, 'invited');
  bob.send({ action: 'join', room: 'den' });
  await told(bob, 'joined');
  bob.send({ action: 'typing', room: 'den', on: true });
  await told(ada, 'typing');
  bob.send({ action: 'nickname', nickname: 'Robert' });
  await told(ada, 'nickname');
  ada.send({ action: 'remove', room: 'den', userId });
  await told(bob, 'removed');
  ada.send({ action: 'leave', room: 'den' });
  await told(ada, 'left');
  for (const action of ['history', 'members']) bob.send({ action, room: 'lobby' });
  for (const action of ['rooms', 'ping']) bob.send({ action });
  for (const type of ['history', 'members', 'rooms', 'pong'] as const) await told(bob, type);

  const newer = await enters('bob', { epoch: 2 });
  await told(bob, 'replaced');
  for (const [action, fields] of Object.entries(EVERY_ACTION)) {
    newer.send({ action, ...fields });
    for (const field of Object.keys(fields))
      newer.send({ action, ...fields, [field]: ODD[field.length] });
    await goesOn(newer);
  }
  for (const raw of ['hello?', '[]', '{"action":"dance"}', JSON.stringify({ x: ODD })])
    newer.send(raw);
  await goesOn(newer);
  await ada.hears(ada.says(randomUUID()));
  await seeIds();

  const frames = [ada, bob, plain, newer].flatMap(({ heard }) => heard);
  expect(new Set(frames.map(({ type }) => type))).toEqual(new Set(Object.keys(TYPES)));
  expect(ids.size).toBe(4);
  const said = frames.map((frame) => JSON.stringify(frame));
  expect(said.filter((frame) => [...ids].some((id) => frame.includes(id)))).toEqual([]);
});
