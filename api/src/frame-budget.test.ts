// At all limits at once: what a connection is told of its rooms stays within a frame, the rooms it hears first.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Member, Pong, Welcome } from '../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../shared/src/protocol/limits.ts';
import { directRoom } from '../../shared/src/rules/direct-room.ts';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { context, frameIn, handshake, helloEvent, routeEvent } from '../../tests/product/sample.ts';

jest.spyOn(console, 'warn').mockImplementation(() => undefined);
const V1 = { 'Sec-WebSocket-Protocol': 'chat.v1' };
const connectionId = 'c1=';
const bytes = (frame: unknown) => Buffer.byteLength(JSON.stringify(frame));
const many = <T>(count: number, one: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => one(at));
const ROOM_CHARACTERS = 64;
const NICKNAME_BYTES = 128;
/** Letters of four bytes: as long as a name may be. */
const ROOMS = many(LIMITS.rooms, (at) => '𐰀'.repeat(ROOM_CHARACTERS - 2) + String(at + 10));
const HEAD = '9999999999';
let aws: TestAws;
let hello: (fields?: object) => Promise<Welcome>;
let ping: () => Promise<Pong>;
let direct: string[];
let me: string;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'PingFunction');
  const [connect, greet, say] = [
    (await import('./routes/connect.ts')).handler,
    (await import('./routes/hello.ts')).handler,
    (await import('./routes/ping.ts')).handler,
  ];
  const { createInvitation } = await import('../../shared/src/store/memberships.ts');
  const { recordDirectMessage } = await import('../../shared/src/store/conversations.ts');
  const { addPresence } = await import('../../shared/src/store/presence.ts');
  hello = async (fields = {}) =>
    frameIn(await greet(helloEvent(connectionId, { ...fields }), context())) as Welcome;
  ping = async () => frameIn(await say(routeEvent('ping', { connectionId }), context())) as Pong;

  await connect(handshake(connectionId, V1), context());
  const { userId } = await hello({ rooms: [] });
  me = userId;
  const partners = many(LIMITS.directRooms, (at) => 'x'.repeat(126) + (at + 10));
  direct = partners.map((partner) => directRoom(userId, partner));
  for (const [at, room] of direct.entries())
    await recordDirectMessage(userId, partners[at] ?? '', room);
  for (const at of many(LIMITS.invitations, (at) => at))
    await createInvitation(userId, {
      room: `${'𐰁'.repeat(63)}${at}`,
      by: 'y'.repeat(127) + at,
      ...{ isKept: true, isKnown: false },
    });
  for (const room of [...ROOMS, ...direct])
    await aws.put(aws.tables.messages, { room: { S: room }, seq: { N: '0' }, head: { N: HEAD } });
  await hello({ rooms: ROOMS });
  for (const at of many(10, (at) => at))
    await addPresence(ROOMS.slice(0, 3), {
      ...{ userId: `u_${at}`, connectionId: `p${at}=` },
      nickname: 'n'.repeat(NICKNAME_BYTES),
    });
}, 60_000);
afterAll(() => aws.stop());

describe('at the limits', () => {
  test('a welcome tells every room that is heard, and whose people fit beside them', async () => {
    const welcome = await hello({ rooms: undefined });
    expect(bytes(welcome)).toBeLessThanOrEqual(LIMITS.answerBytes);
    expect(Object.keys(welcome.heads)).toEqual(expect.arrayContaining(ROOMS));
    expect(welcome.invitations).toHaveLength(LIMITS.invitations);
    const told = Object.keys(welcome.heads).filter((room) => direct.includes(room));
    expect(told.length).toBeGreaterThan(0);
    const heres: [string, Member[]][] = Object.entries(welcome.here);
    expect(heres.every(([, people]) => people.length > 0)).toBe(true);
  });

  test('a pong tells every room that is heard, then direct ones, then counts', async () => {
    await hello({ rooms: ROOMS });
    const pong = await ping();
    expect(bytes(pong)).toBeLessThanOrEqual(LIMITS.answerBytes);
    const heads = Object.keys(pong.heads);
    expect(heads.slice(0, LIMITS.rooms)).toEqual(ROOMS);
    expect(heads.slice(LIMITS.rooms).every((room) => direct.includes(room))).toBe(true);
    const counted = Object.keys(pong.present);
    expect(counted.length).toBeGreaterThan(0);
    expect(counted.length).toBeLessThan(LIMITS.rooms);
    expect(ROOMS).toEqual(expect.arrayContaining(counted));
  });

  test('nothing is left out that would fit', async () => {
    await hello({ rooms: ROOMS });
    const pong = await ping();
    const missing = ROOMS.filter((room) => !Object.hasOwn(pong.present, room));
    for (const room of missing)
      expect(bytes({ ...pong, present: { ...pong.present, [room]: 1 } })).toBeGreaterThan(
        LIMITS.answerBytes - 2,
      );
  });
});

test('below them all is told', async () => {
  const welcome = await hello({ rooms: ROOMS.slice(0, 5) });
  expect(Object.keys(welcome.here).sort()).toEqual(ROOMS.slice(0, 5).sort());
});

test('where all rooms are private a welcome says so of each, and invites as far as the frame goes', async () => {
  const one = { visibility: { S: 'private' }, createdBy: { S: me } };
  for (const room of ROOMS)
    await aws.put(aws.tables.connections, { pk: { S: `room#${room}` }, sk: { S: 'room' }, ...one });
  const welcome = await hello({ rooms: undefined });
  expect(bytes(welcome)).toBeLessThanOrEqual(LIMITS.answerBytes);
  const heard = Object.keys(welcome.heads).filter((room) => ROOMS.includes(room));
  expect(heard).toHaveLength(LIMITS.rooms);
  expect(welcome.private).toEqual(Object.fromEntries(heard.map((room) => [room, 'owner'])));
  const invited = welcome.invitations?.length ?? 0;
  expect(invited).toBeGreaterThan(0);
  expect(invited).toBeLessThan(LIMITS.invitations);
});
