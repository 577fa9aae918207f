// Direct rooms: found again by both, the last word first, and one's own pushed out by nobody.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import type { Pong, Welcome } from '../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../shared/src/protocol/limits.ts';
import { directRoom } from '../../shared/src/rules/direct-room.ts';
import { type Row, startAws, type TestAws } from '../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../tests/product/people.ts';

const DAY_MS = 24 * 60 * 60_000;

let aws: TestAws;
let routes: Routes;
let recordDirectMessage: typeof import('../../shared/src/store/conversations.ts').recordDirectMessage;
let ada: Person;

beforeAll(async () => {
  aws = await startAws(
    ...['ConnectFunction', 'HelloFunction', 'PingFunction', 'SendmessageFunction'],
  );
  routes = {
    connect: (await import('./routes/connect.ts')).handler,
    hello: await import('./routes/hello.ts'),
    ping: await import('./routes/ping.ts'),
    sendmessage: await import('./routes/sendmessage.ts'),
  };
  ({ recordDirectMessage } = await import('../../shared/src/store/conversations.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  ada = await person(routes, 'Ada');
});

const withAda = (other: string) => directRoom(ada.userId, other);
const direct = (heads: object) => Object.keys(heads).filter((room) => room.startsWith('dm:'));
const welcomed = async () => direct(((await ada.enters()) as Welcome).heads);
const ponged = async () => direct(((await ada.says('ping')) as Pong).heads);
/** Says so to Ada, or Ada to them. */
const toAda = (from: string) => recordDirectMessage(from, ada.userId, withAda(from));
const fromAda = (to: string) => recordDirectMessage(ada.userId, to, withAda(to));
const strangers = (count: number) => Array.from({ length: count }, (_, at) => `s${at + 100}`);
const ownRows = async () =>
  (await aws.rows(aws.tables.connections)).filter(
    ({ pk, sk }) => pk?.S === `user#${ada.userId}` && /^(direct|spoken)#/.test(sk?.S ?? ''),
  );

test('a first message lists the room for both, here and at the next hello', async () => {
  const bob = await person(routes, 'Bob');
  await bob.says('sendmessage', { to: ada.userId, message: 'psst' });
  const room = directRoom(ada.userId, bob.userId);
  expect(await ponged()).toEqual([room]);
  expect(await welcomed()).toEqual([room]);
  expect(direct(((await bob.enters()) as Welcome).heads)).toEqual([room]);
});

test('a message to nobody who has ever said hello is refused, and nothing is written or told of it', async () => {
  const said = { messageId: 'a2b0c1d2-0000-7000-8000-000000000001', message: 'psst' };
  const before = (await aws.rows(aws.tables.connections)).length;
  aws.entries.length = 0;
  expect(await ada.says('sendmessage', { ...said, to: 'u_nobody' })).toMatchObject({
    ...{ type: 'error', code: 'NoSuchUser', ref: said.messageId, retry: false },
  });
  expect(aws.entries).toEqual([]);
  expect((await aws.rows(aws.tables.connections)).length).toBe(before);
});

test('a conversation goes on when the other has not been here for so long that their name is forgotten', async () => {
  await fromAda('u_gone');
  expect(await ada.says('sendmessage', { to: 'u_gone', message: 'still there?' })).toMatchObject({
    type: 'accepted',
  });
});

test('however many strangers speak to somebody, those they have spoken with are listed, and the newest strangers after them', async () => {
  const friends = Array.from({ length: 30 }, (_, at) => `f${at}`);
  for (const friend of friends) await fromAda(friend);
  for (const stranger of strangers(60)) await toAda(stranger);
  const listed = await welcomed();
  expect(listed).toHaveLength(LIMITS.directRooms);
  expect(listed.slice(0, 30).sort()).toEqual(friends.map(withAda).sort());
  expect(await ponged()).toEqual(listed);
});

test('a newcomer finds a place beside fifty conversations of one’s own', async () => {
  for (const friend of strangers(55)) await fromAda(friend);
  await toAda('newcomer');
  const listed = await welcomed();
  expect(listed).toHaveLength(LIMITS.directRooms);
  expect(listed.at(-1)).toBe(withAda('newcomer'));
});

test('the last word counts, whoever of the two has it', async () => {
  const clock = jest.spyOn(Date, 'now');
  const start = Date.now();
  const at = (seconds: number) => clock.mockReturnValue(start + seconds * 1000);
  for (const [n, friend] of ['f1', 'f2', 'f3'].entries()) {
    at(n);
    await fromAda(friend);
  }
  at(10);
  await toAda('f1');
  for (const [n, stranger] of ['s1', 's2'].entries()) {
    at(20 + n * (DAY_MS / 1000));
    await toAda(stranger);
  }
  clock.mockRestore();
  expect(await ponged()).toEqual(['f1', 'f3', 'f2', 's2', 's1'].map(withAda));
});

test('who answers has the conversation for their own', async () => {
  await toAda('bob');
  await fromAda('bob');
  for (const stranger of strangers(60)) await toAda(stranger);
  const listed = await welcomed();
  expect(listed[0]).toBe(withAda('bob'));
  expect(new Set(listed).size).toBe(listed.length);
});

test('a conversation that goes on is written to the list once in ten minutes', async () => {
  const written = new Set<string | undefined>();
  const bob = await person(routes, 'Bob');
  aws.script.dynamodb = (action, input) => {
    const { Key, ExpressionAttributeValues } = input as Record<string, Row | undefined>;
    if (action === 'UpdateItem' && /^(spoken|asked)#/.test(Key?.sk?.S ?? ''))
      written.add(ExpressionAttributeValues?.[':at']?.S);
    return undefined;
  };
  const clock = jest.spyOn(Date, 'now');
  const start = Date.now();
  const counts: number[] = [];
  for (const minutes of [0, 1, 9, 11, 20, 22]) {
    clock.mockReturnValue(start + minutes * 60_000);
    await ada.says('sendmessage', { to: bob.userId, message: 'hi' });
    counts.push(written.size);
  }
  clock.mockRestore();
  expect(counts).toEqual([1, 1, 1, 2, 2, 3]);
});

test('a conversation has one place in the list, whatever day its last word is of', async () => {
  const clock = jest.spyOn(Date, 'now');
  const start = Date.now();
  for (const day of [0, 1, 1, 4, 3]) {
    clock.mockReturnValue(start + day * DAY_MS);
    await fromAda('bob');
    await toAda('bob');
  }
  clock.mockRestore();
  const last = new Date(start + 4 * DAY_MS).toISOString().slice(0, 10);
  const keys = (await ownRows()).map(({ sk }) => sk?.S);
  expect(keys.sort()).toEqual([`direct#${withAda('bob')}`, `spoken#${last}#${withAda('bob')}`]);
});

test('a ping reads at most a hundred rows of either list, the newest, however many conversations there are', async () => {
  const clock = jest.spyOn(Date, 'now');
  const start = Date.now();
  for (const [n, friend] of strangers(120).entries()) {
    clock.mockReturnValue(start + n * DAY_MS);
    await fromAda(friend);
  }
  clock.mockRestore();
  const limits: unknown[] = [];
  aws.script.dynamodb = (action, input) => {
    if (action === 'Query' && /(spoken|asked|direct)#/.test(JSON.stringify(input)))
      limits.push((input as { Limit?: number }).Limit);
    return undefined;
  };
  const newest = strangers(120).reverse().slice(0, LIMITS.directRooms);
  expect(await ponged()).toEqual(newest.map(withAda));
  expect(limits).toEqual([100, 100]);
});

test('a list that could not be written whole is written when it is said again', async () => {
  const cleo = await person(routes, 'Cleo');
  const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  aws.script.dynamodb = (action, input) =>
    action === 'UpdateItem' && JSON.stringify(input).includes('spoken#')
      ? new AwsError('ValidationException', 'no', 400)
      : undefined;
  const said = { to: cleo.userId, message: 'hi' };
  expect(await ada.says('sendmessage', said)).toMatchObject({ code: 'Internal' });
  logged.mockRestore();
  aws.script.dynamodb = () => undefined;
  expect(await ada.says('sendmessage', said)).toMatchObject({ type: 'accepted' });
  expect(await ponged()).toEqual([withAda(cleo.userId)]);
});

test('a conversation that has run out is listed no more, though its row is not deleted yet', async () => {
  await fromAda('bob');
  await toAda('cleo');
  expect(await ponged()).toHaveLength(2);
  const expiresAt = { N: String(Math.floor(Date.now() / 1000)) };
  for (const row of await aws.rows(aws.tables.connections))
    if (/^(direct|spoken|asked)#/.test(row.sk?.S ?? ''))
      await aws.put(aws.tables.connections, { ...row, expiresAt });
  expect(await ponged()).toEqual([]);
  expect(await welcomed()).toEqual([]);
});

test('a hello keeps for another year what was kept more than a month ago, and writes no other', async () => {
  await fromAda('bob');
  const fresh = await ownRows();
  expect(fresh).toHaveLength(2);
  for (const row of fresh) {
    const month = Number(row.expiresAt?.N) - 31 * (DAY_MS / 1000);
    await aws.put(aws.tables.connections, { ...row, expiresAt: { N: String(month) } });
  }
  await ada.enters();
  const ends = (rows: Row[]) => rows.map(({ expiresAt }) => Number(expiresAt?.N));
  expect(Math.min(...ends(await ownRows()))).toBeGreaterThanOrEqual(Math.min(...ends(fresh)));
  let writes = 0;
  aws.script.dynamodb = (action, input) => {
    if (action === 'UpdateItem' && /(direct|spoken)#/.test(JSON.stringify(input))) writes += 1;
    return undefined;
  };
  await ada.enters();
  expect(writes).toBe(0);
});
