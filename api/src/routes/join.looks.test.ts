// join and hello: of rooms that look alike there is one, whoever makes them, in whatever order, and wherever a maker ends.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import type { Welcome } from '../../../shared/src/protocol/frames.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'SendmessageFunction');
  routes = {
    connect: (await import('./connect.ts')).handler,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    sendmessage: await import('./sendmessage.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  ada = await person(routes, 'Ada');
  bob = await person(routes, 'Bob');
});

const make = (who: Person, room: string, fields = {}) =>
  who.says('join', { room, create: true, ...fields });
const roomRows = async () =>
  (await aws.rows(aws.tables.connections)).flatMap(({ pk, sk }) =>
    sk?.S === 'room' ? [pk?.S] : [],
  );
const NONE = { type: 'error', code: 'NoSuchRoom' };

describe('is not made beside a room that it looks like:', () => {
  test.each(['lobbу', 'lobbý', '1obby', 'lob-by', 'ＬＯＢＢＹ_', 'ӏobby'])(
    '%s, like the lobby',
    async (room) => {
      expect(await make(ada, room)).toMatchObject(NONE);
      expect(await make(ada, room, { visibility: 'private' })).toMatchObject(NONE);
      expect(((await ada.enters({ rooms: ['lobby', room] })) as Welcome).heads).toEqual({
        lobby: 0,
      });
      expect(await roomRows()).toEqual([]);
    },
  );

  test.each([
    ['tea-room', 'tea_room'],
    ['tea-room', 'téa-rооm'],
    ['हिन्दी', 'हिन्दी२'.replace('२', '\u200d')],
    ['العربية', 'العَرَبِيَّة'],
    ['οδος', 'οδοс'],
    ['straße', 'strasse'],
    ['istanbul', 'ıstanbul'],
    ['modern', 'rnodern'],
  ])('%s, then %s', async (first, second) => {
    const visibility = 'private';
    expect(await make(ada, first, { visibility })).toMatchObject({ type: 'joined', room: first });
    for (const fields of [{}, { visibility }]) {
      expect(await make(bob, second, fields)).toMatchObject(NONE);
      expect(await make(ada, second, fields)).toMatchObject(NONE);
    }
    expect(((await bob.enters({ rooms: [second] })) as Welcome).heads).toEqual({});
    expect(await roomRows()).toEqual([`room#${first}`]);
    expect(await make(ada, first)).toMatchObject({ type: 'joined', visibility });
  });
});

test.each(['हिन्दी', 'İstanbul', 'العَرَبِيَّة', 'ไทย', 'བོད', '한글'.normalize('NFD')])(
  '%s is a room that comes back, and is written to',
  async (typed) => {
    const room = typed.normalize('NFC').toLowerCase().replaceAll('i\u0307', 'i');
    expect(await make(ada, typed)).toMatchObject({ type: 'joined', room });
    expect(await ada.says('sendmessage', { room: typed, message: 'hi' })).toMatchObject({
      type: 'accepted',
    });
    expect(((await ada.enters()) as Welcome).heads).toEqual({ lobby: 0, [room]: 0 });
  },
);

test('a reserved name is no room to make, and the lobby and rooms that are there stay', async () => {
  for (const room of ['support', 'ѕupport', 'Sup Port', 'EVERYONE'])
    expect(await make(ada, room)).toMatchObject(NONE);
  expect(((await ada.enters({ rooms: ['admin', 'tea'] })) as Welcome).heads).toEqual({ tea: 0 });
  const key = { pk: { S: 'room#help' }, sk: { S: 'room' } };
  await aws.put(aws.tables.connections, { ...key, visibility: { S: 'public' } });
  expect(await make(bob, 'help')).toMatchObject({ type: 'joined', room: 'help' });
  expect(await make(bob, 'lobby')).toMatchObject({ type: 'joined', room: 'lobby' });
});

test('a room from before there were claims works on, and has its look from the next join', async () => {
  for (const room of ['tea', 'téa']) {
    const key = { pk: { S: `room#${room}` }, sk: { S: 'room' } };
    await aws.put(aws.tables.connections, { ...key, visibility: { S: 'public' } });
  }
  for (const who of [ada, bob])
    for (const room of ['tea', 'téa'])
      expect(await make(who, room)).toMatchObject({ type: 'joined', room });
  expect(await make(bob, 'teа')).toMatchObject(NONE);
  expect(((await bob.enters()) as Welcome).heads).toEqual({ lobby: 0, tea: 0, téa: 0 });
});

/** The keys of the calls that make a room, of this name or for this name. */
const isAbout = (room: string, input: object): boolean =>
  new RegExp(`"(room#)?${room}"`).test(JSON.stringify(input));
const MAKING = ['PutItem', 'UpdateItem', 'DeleteItem'];
/** Put, claim, and the end of pending. */
const STEPS = [0, 1, 2];

describe.each(STEPS)('before step %i of its making', (step) => {
  test.each([{}, { visibility: 'private' }])(
    'another makes a room that looks like it: one of them is there (%j)',
    async (fields) => {
      let steps = 0;
      let other: Promise<unknown> | undefined;
      aws.hold = (action, input) => {
        if (!MAKING.includes(action) || !isAbout('tea', input)) return undefined;
        steps += 1;
        if (steps !== step + 1) return undefined;
        other = make(bob, 'téa', fields);
        return other;
      };
      const answers = [await make(ada, 'tea', fields), await other];
      aws.hold = undefined;
      expect(steps).toBeGreaterThan(step);
      const joined = answers.filter((one) => (one as { type: string }).type === 'joined');
      expect(joined).toHaveLength(1);
      expect(await roomRows()).toHaveLength(1);
    },
  );

  test('its maker ends: who makes it again has it, or who makes the other, and nobody both', async () => {
    const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    let steps = 0;
    aws.script.dynamodb = (action, input) => {
      if (!MAKING.includes(action) || !isAbout('tea', input)) return undefined;
      steps += 1;
      return steps > step ? new AwsError('AccessDeniedException', 'ended') : undefined;
    };
    expect(await make(ada, 'tea')).toMatchObject({ code: 'Internal' });
    aws.script.dynamodb = () => undefined;
    // Pending is not there, whoever asks.
    expect(await bob.says('join', { room: 'tea' })).toMatchObject(NONE);
    const other = await make(bob, 'téa');
    const again = await make(ada, 'tea');
    expect([other.type, again.type].filter((type) => type === 'joined')).toHaveLength(1);
    expect(other.type).toBe(step < 2 ? 'joined' : 'error');
    expect(await roomRows()).toHaveLength(1);
    logged.mockRestore();
  });
});

test('two that make a room at once are in one, which one of them made', async () => {
  const [one, other] = await Promise.all([make(ada, 'tea'), make(bob, 'Tea')]);
  expect([one.type, other.type]).toEqual(['joined', 'joined']);
  expect(await roomRows()).toEqual(['room#tea']);
});

test('a hello of rooms that are there asks for no claim', async () => {
  await make(ada, 'tea');
  const asked: string[] = [];
  aws.script.dynamodb = (_, input) => {
    asked.push(JSON.stringify(input));
    return undefined;
  };
  await ada.enters();
  await ada.says('sendmessage', { room: 'tea', message: 'hi' }, 1);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((input) => input.includes('look#'))).toEqual([]);
});
