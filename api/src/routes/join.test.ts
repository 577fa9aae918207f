// join: public rooms are open and made on demand, private ones are not even there for others, and what is joined comes back.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Welcome } from '../../../shared/src/protocol/frames.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction');
  routes = {
    connect: (await import('./connect.ts')).handler,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    leave: await import('./leave.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const hears = async (connectionId: string) =>
  (await aws.rows(aws.tables.connections))
    .flatMap(({ pk, sk }) =>
      sk?.S === connectionId && pk?.S?.startsWith('topic#room:') ? [pk.S] : [],
    )
    .sort();
const events = () => aws.entries.map(({ DetailType, Detail }) => [DetailType, JSON.parse(Detail)]);
const named = async (userId: string) =>
  (await aws.rows(aws.tables.connections)).filter(
    ({ pk, sk }) => pk?.S === `user#${userId}` && sk?.S?.startsWith('room#'),
  ).length;

describe('a public room', () => {
  test('that is not there is none, unless it shall be made', async () => {
    const ada = await person(routes, 'Ada');
    expect(await ada.says('join', { room: 'tea' })).toMatchObject({ code: 'NoSuchRoom' });
    const joined = await ada.says('join', { room: 'tea', create: true });
    expect(joined).toEqual({
      ...{ type: 'joined', room: 'tea', visibility: 'public', role: 'member' },
      head: 0,
    });
    expect(await hears(ada.connection())).toContain('topic#room:tea#0');
  });

  test('is one however it is spelled, and stays public', async () => {
    const ada = await person(routes, 'Ada');
    const bob = await person(routes, 'Bob');
    await ada.says('join', { room: 'Tea Room', create: true });
    const again = { room: 'ＴＥＡ  room', create: true, visibility: 'private' };
    const joined = await bob.says('join', again);
    expect(joined).toMatchObject({ room: 'tea-room', visibility: 'public' });
  });

  test('is told to the other devices of who joins, not of who follows', async () => {
    const ada = await person(routes, 'Ada');
    await ada.enters();
    await ada.says('join', { room: 'tea', create: true });
    await ada.says('join', { room: 'tea', follow: true }, 1);
    const { userId } = ada;
    const told = { room: 'tea', visibility: 'public', role: 'member' };
    const detail = { ...told, userId, nickname: 'Ada' };
    expect(events().filter(([name]) => name === 'RoomJoined')).toEqual([['RoomJoined', detail]]);
  });

  test('comes back with the next hello, on another device', async () => {
    const ada = await person(routes, 'Ada');
    await ada.says('join', { room: 'tea', create: true });
    const welcome = (await ada.enters()) as Welcome;
    expect(welcome.heads).toEqual({ lobby: 0, tea: 0 });
    expect(await hears(ada.connection(1))).toEqual(['topic#room:lobby#0', 'topic#room:tea#0']);
  });

  test('is heard once though it is joined twice at once', async () => {
    const ada = await person(routes, 'Ada');
    const join = () => ada.says('join', { room: 'tea', create: true });
    await Promise.all([join(), join()]);
    expect(await hears(ada.connection())).toHaveLength(2);
  });
});

test('a join that the bus did not take is Busy, and is told to the other devices when it is tried again', async () => {
  const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const ada = await person(routes, 'Ada');
  aws.script.events = () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttling' }] });
  const busy = await ada.says('join', { room: 'tea', create: true });
  expect(busy).toMatchObject({ code: 'Busy', retry: true });
  // What is told is so already: a device that hears of it may ask at once.
  expect(await named(ada.userId)).toBe(1);
  aws.script.events = () => undefined;
  const before = aws.entries.length;
  expect(await ada.says('join', { room: 'tea' })).toMatchObject({ type: 'joined' });
  const told = aws.entries.slice(before).map(({ DetailType }) => DetailType);
  expect(told).toEqual(['ConnectionOpened', 'RoomJoined']);
  expect(((await ada.enters()) as Welcome).heads).toHaveProperty('tea');
  warned.mockRestore();
  logged.mockRestore();
});

test('the lobby is heard, and takes none of one’s fifty places', async () => {
  const ada = await person(routes, 'Ada', { rooms: [] });
  expect(await ada.says('join', { room: 'lobby' })).toMatchObject({ type: 'joined', head: 0 });
  expect(await hears(ada.connection())).toEqual(['topic#room:lobby#0']);
  expect(await named(ada.userId)).toBe(0);
});

describe('a membership and a list entry of more than a month ago', () => {
  const DAY_S = 24 * 60 * 60;
  let ada: Person;
  beforeEach(async () => {
    ada = await person(routes, 'Ada');
    await ada.says('join', { room: 'tea', create: true });
    await ada.says('join', { room: 'den', create: true, visibility: 'private' });
  });
  const rows = async () =>
    (await aws.rows(aws.tables.connections)).filter(({ pk, sk }) =>
      [`user#${ada.userId} room#`, 'room#den member#', 'rooms tea'].some((key) =>
        `${pk?.S} ${sk?.S}`.startsWith(key),
      ),
    );
  const age = async (days: number) => {
    const end = String(Math.floor(Date.now() / 1000) + (365 - days) * DAY_S);
    for (const row of await rows())
      await aws.put(aws.tables.connections, { ...row, expiresAt: { N: end } });
  };
  const renewed = async () =>
    (await rows())
      .filter(({ expiresAt }) => Number(expiresAt?.N) > Date.now() / 1000 + 364 * DAY_S)
      .map(({ pk, sk }) => `${pk?.S?.replace(ada.userId, 'ada')} ${sk?.S}`);

  test('is kept for another year by a hello, once', async () => {
    await age(31);
    await ada.enters();
    const after = await rows();
    expect(await renewed()).toHaveLength(4);
    await ada.enters();
    expect(await rows()).toEqual(after);
  });

  test('waits beside its room where a hello names others', async () => {
    await age(31);
    await ada.enters({ rooms: ['lobby', 'tea'] });
    expect((await renewed()).sort()).toEqual(['rooms tea', 'user#ada room#tea']);
  });

  test('is kept by who joins again', async () => {
    const { removeMembership } = await import('../../../shared/src/store/memberships.ts');
    await age(360);
    for (const room of ['tea', 'den']) {
      await removeMembership(ada.userId, room);
      await ada.says('join', { room });
    }
    expect(await renewed()).toHaveLength(4);
  });
});

describe('a private room', () => {
  test('is none for others: joined, named in hello, or made anew', async () => {
    const ada = await person(routes, 'Ada');
    const made = await ada.says('join', { room: 'den', create: true, visibility: 'private' });
    expect(made).toMatchObject({ visibility: 'private', role: 'owner' });
    const eve = await person(routes, 'Eve');
    for (const fields of [{}, { create: true }, { create: true, visibility: 'private' }])
      expect(await eve.says('join', { room: 'den', ...fields })).toMatchObject({
        code: 'NoSuchRoom',
      });
    const welcome = (await eve.enters({ rooms: ['lobby', 'den'] })) as Welcome;
    expect(welcome.heads).toEqual({ lobby: 0 });
    for (const device of [0, 1])
      expect(await hears(eve.connection(device))).toEqual(['topic#room:lobby#0']);
    expect(await named(eve.userId)).toBe(0);
  });

  test('is its maker’s, wherever they come back', async () => {
    const ada = await person(routes, 'Ada');
    await ada.says('join', { room: 'den', create: true, visibility: 'private' });
    const welcome = (await ada.enters()) as Welcome;
    expect(welcome.heads).toEqual({ den: 0, lobby: 0 });
    expect(welcome.private).toEqual({ den: 'owner' });
  });

  test('stays its maker’s though they left it and came back', async () => {
    const ada = await person(routes, 'Ada');
    await ada.says('join', { room: 'den', create: true, visibility: 'private' });
    await ada.says('leave', { room: 'den' });
    expect(((await ada.enters()) as Welcome).private).toBeUndefined();
    expect(await ada.says('join', { room: 'den' })).toMatchObject({ role: 'owner' });
    const named = (await ada.enters({ rooms: ['den'] })) as Welcome;
    expect(named.private).toEqual({ den: 'owner' });
  });

  test('of two that are made at once belongs to one', async () => {
    const people = await Promise.all(['Ada', 'Bob', 'Cyd'].map((name) => person(routes, name)));
    const answers = await Promise.all(
      people.map((one) => one.says('join', { room: 'den', create: true, visibility: 'private' })),
    );
    expect(answers.map(({ type }) => type).sort()).toEqual(['error', 'error', 'joined']);
  });
});

test('the fiftieth room beside the lobby is heard, and comes back with all others', async () => {
  const rooms = Array.from({ length: 49 }, (_, at) => `r${at}`);
  const ada = await person(routes, 'Ada', { rooms: ['lobby', ...rooms] });
  const last = { room: 'tea', create: true };
  expect(await ada.says('join', last)).toMatchObject({ type: 'joined' });
  expect(await hears(ada.connection())).toHaveLength(51);
  const { heads } = (await ada.enters()) as Welcome;
  expect(Object.keys(heads).sort()).toEqual(['lobby', ...rooms, 'tea'].sort());
  expect(await ada.says('join', { ...last, room: 'den' }, 1)).toMatchObject({
    code: 'TooManyRooms',
  });
});

test('the fifty-first room is one too many, and is not heard', async () => {
  const rooms = Array.from({ length: 50 }, (_, at) => `r${at}`);
  const ada = await person(routes, 'Ada', { rooms });
  expect(await ada.says('join', { room: 'tea', create: true })).toMatchObject({
    code: 'TooManyRooms',
  });
  expect(await hears(ada.connection())).toHaveLength(50);
});

test('of five that are joined at once with one place left, one is heard', async () => {
  const rooms = Array.from({ length: 49 }, (_, at) => `r${at}`);
  const ada = await person(routes, 'Ada', { rooms });
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map((room) => ada.says('join', { room, create: true })),
  );
  expect(answers.filter(({ type }) => type === 'joined')).toHaveLength(1);
  expect(await hears(ada.connection())).toHaveLength(50);
  const kept = (await aws.rows(aws.tables.connections)).filter(
    ({ pk, sk }) => pk?.S === `user#${ada.userId}` && sk?.S?.startsWith('room#'),
  );
  expect(kept).toHaveLength(50);
});

test.each(['__proto__', 'constructor#', 'dm:u_a:u_b', 'room:tea', '', ' ', 7, null, ['tea']])(
  'the room %p is refused',
  async (room) => {
    const ada = await person(routes, 'Ada');
    expect(await ada.says('join', { room, create: true })).toMatchObject({ code: 'BadField' });
  },
);

test('a connection that has ended is not revived', async () => {
  const ada = await person(routes, 'Ada');
  const { deleteConnection } = await import('../../../shared/src/store/connections.ts');
  const { subscribe } = await import('../../../shared/src/store/subscriptions.ts');
  const { readConnection } = await import('../../../shared/src/store/connections.ts');
  const connection = await readConnection(ada.connection());
  await deleteConnection(ada.connection());
  if (connection === undefined) throw new Error('Ada is not there');
  const heard = subscribe(connection, { topic: 'room:tea', shard: 0 });
  await expect(heard).rejects.toMatchObject({ code: 'NotConnected' });
  expect(await hears(ada.connection())).toEqual([]);
});
