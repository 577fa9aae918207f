// rooms: the public ones, and nothing of the private ones.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import type { Rooms, Welcome } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { type Row, startAws, type TestAws } from '../../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../../tests/product/people.ts';
import { countReads, perfectUnits } from '../../../tests/product/read-units.ts';

let aws: TestAws;
let routes: Routes;

beforeAll(async () => {
  aws = await startAws(
    ...['ConnectFunction', 'HelloFunction', 'JoinFunction', 'LeaveFunction', 'RoomsFunction'],
  );
  routes = {
    connect: (await import('./connect.ts')).handler,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    leave: await import('./leave.ts'),
    rooms: await import('./rooms.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const listed = async (who: Person, fields = {}) => (await who.says('rooms', fields)) as Rooms;

test('public rooms are listed by name, however they were made, and private ones are not', async () => {
  const ada = await person(routes, 'Ada', { rooms: ['zoo'] });
  await ada.says('join', { room: 'Tea Room', create: true });
  await ada.says('join', { room: 'den', create: true, visibility: 'private' });
  const eve = await person(routes, 'Eve');
  expect(await eve.says('rooms')).toEqual({
    type: 'rooms',
    rooms: [
      { room: 'tea-room', title: 'tea-room' },
      { room: 'zoo', title: 'zoo' },
    ],
  });
});

test('at most a hundred are told at a time, and who asks on after the last is told all of them once', async () => {
  const names: string[] = [];
  for (const [name, of] of Object.entries({ Ada: 'a', Bob: 'b', Cyd: 'c' })) {
    const rooms = Array.from({ length: 40 }, (_, n) => `${of}-${n}`);
    await person(routes, name, { rooms });
    names.push(...rooms);
  }
  const eve = await person(routes, 'Eve');
  const first = await listed(eve);
  expect([first.rooms.length, first.more]).toEqual([100, true]);
  const after = first.rooms.at(-1)?.room ?? '';
  const rest = await listed(eve, { after });
  expect(rest).toMatchObject({ after });
  expect(rest.more).toBeUndefined();
  expect([...first.rooms, ...rest.rooms].map(({ room }) => room)).toEqual(names.sort());
});

test('those whose names begin so are told, however it is spelled, and on after one of them', async () => {
  const ada = await person(routes, 'Ada', { rooms: ['tea', 'tea-2', 'teapot', 'team', 'coffee'] });
  const named = async (fields: object) => (await listed(ada, fields)).rooms.map(({ room }) => room);
  expect(await named({ prefix: 'TEA' })).toEqual(['tea', 'tea-2', 'team', 'teapot']);
  expect(await named({ prefix: ' Tea 2' })).toEqual(['tea-2']);
  expect(await named({ prefix: 'tea', after: 'tea-2' })).toEqual(['team', 'teapot']);
  expect(await named({ prefix: 'tea', after: 'teal' })).toEqual(['team', 'teapot']);
  expect(await named({ prefix: 'milk' })).toEqual([]);
  expect(await listed(ada, { prefix: 'TEAM' })).toMatchObject({ prefix: 'team' });
});

test.each([
  { prefix: '' },
  { prefix: '#' },
  { prefix: 7 },
  { after: '' },
  { prefix: 'a', after: 'b' },
])('%p is refused', async (fields) => {
  const ada = await person(routes, 'Ada');
  expect(await ada.says('rooms', fields)).toMatchObject({ code: 'BadField' });
});

test('names of the greatest length fill a frame, and the next one goes on after them', async () => {
  const rooms = Array.from({ length: 50 }, (_, at) => `${'𐰀'.repeat(62)}${at + 10}`);
  for (const [name, part] of [rooms.slice(0, 25), rooms.slice(25)].entries())
    await person(routes, `p${name}`, { rooms: part });
  const eve = await person(routes, 'Eve');
  const told: string[] = [];
  let more: boolean | undefined = true;
  for (let frames = 0; more && frames < 5; frames += 1) {
    const answer = await listed(eve, told.length === 0 ? {} : { after: told.at(-1) });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(LIMITS.answerBytes);
    told.push(...answer.rooms.map(({ room }) => room));
    ({ more } = answer);
  }
  expect(told).toEqual(rooms);
});

test('an answer costs at most four times the units of the rooms it tells of, and 8', async () => {
  const eve = await person(routes, 'Eve');
  // What has run out waits for its deletion, and is listed until then.
  for (let at = 100; at < 400; at += 1) {
    const room = { S: `${'𐰀'.repeat(61)}${at}` };
    const expiresAt = { N: String(at % 2) };
    await aws.put(aws.tables.connections, { pk: { S: 'rooms' }, sk: room, title: room, expiresAt });
  }
  const reads = countReads(aws);
  const { rooms } = await listed(eve);
  aws.hold = undefined;
  const told = new Set(rooms.map(({ room }) => room));
  const rows = (await aws.rows(aws.tables.connections)).filter(
    ({ pk, sk }) => pk?.S === 'rooms' && told.has(sk?.S ?? ''),
  );
  expect(rows.length).toBeGreaterThan(40);
  expect(reads).toEqual({ calls: 1, units: reads.units });
  expect(reads.units).toBeLessThanOrEqual(4 * (perfectUnits(rows) / 2) + 8);
});

test.each(['join', 'hello'])(
  'a public room whose maker failed before it was listed is listed when they try again by %s',
  async (how) => {
    const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const ada = await person(routes, 'Ada');
    const make = () =>
      how === 'join'
        ? ada.says('join', { room: 'tea', create: true })
        : ada.enters({ rooms: ['tea'] });
    aws.script.dynamodb = (_, input) =>
      (input as { Item?: Row }).Item?.pk?.S === 'rooms'
        ? new AwsError('ValidationException', 'no')
        : undefined;
    expect(await make()).toMatchObject({ code: 'Internal' });
    expect(await listed(ada)).toMatchObject({ rooms: [] });
    aws.script.dynamodb = () => undefined;
    expect(await make()).not.toHaveProperty('code');
    expect(await listed(ada)).toMatchObject({ rooms: [{ room: 'tea' }] });
    logged.mockRestore();
  },
);

test('a room that nobody has joined for a year goes from the list, and comes back with who does', async () => {
  const ada = await person(routes, 'Ada', { rooms: ['tea'] });
  const entry = async () =>
    (await aws.rows(aws.tables.connections)).find(({ pk }) => pk?.S === 'rooms');
  const yearS = 365 * 24 * 60 * 60;
  const expiresAt = Number((await entry())?.expiresAt?.N);
  expect(expiresAt).toBeGreaterThan(Date.now() / 1000 + yearS - 60);
  expect(expiresAt).toBeLessThan(Date.now() / 1000 + yearS + 60);

  const soon = { N: String(Math.floor(Date.now() / 1000) + 60) };
  await aws.put(aws.tables.connections, { ...(await entry()), expiresAt: soon });
  await person(routes, 'Bob').then((bob) => bob.says('join', { room: 'tea' }));
  expect(Number((await entry())?.expiresAt?.N)).toBeGreaterThanOrEqual(expiresAt);
  expect(await listed(ada)).toMatchObject({ rooms: [{ room: 'tea' }] });
});

const made = Array.from({ length: 60 }, (_, at) => `r${at}`);

test('of one user fifty rooms are made in a day, whichever way, and rooms of others are joined after that', async () => {
  const ada = await person(routes, 'Ada', { rooms: made.slice(0, 30) });
  const second = (await ada.enters({ rooms: made.slice(30) })) as Welcome;
  const given = Object.keys(second.heads);
  expect([given.length, made.slice(30).filter((room) => given.includes(room))]).toEqual([
    20,
    given,
  ]);
  await ada.says('leave', { room: 'r0' });
  for (const visibility of ['public', 'private'])
    expect(await ada.says('join', { room: 'one-more', create: true, visibility })).toMatchObject({
      code: 'TooManyRooms',
    });
  await person(routes, 'Bob', { rooms: ['one-more'] });
  const third = (await ada.enters({ rooms: ['one-more', 'r0', 'lobby'] })) as Welcome;
  expect(Object.keys(third.heads).sort()).toEqual(['lobby', 'one-more', 'r0']);
});

test('the next day fifty more are made', async () => {
  const ada = await person(routes, 'Ada', { rooms: made.slice(0, 50) });
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 24 * 60 * 60_000);
  const next = (await ada.enters({ rooms: made.slice(50) })) as Welcome;
  clock.mockRestore();
  expect(Object.keys(next.heads)).toEqual(made.slice(50));
});
