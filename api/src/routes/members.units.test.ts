// What an answer of members costs: at most four times the units of the rows it tells of, and 8; a crowd is counted once in ten seconds.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Members } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { type Row, startAws, type TestAws } from '../../../tests/product/aws.ts';
import { countReads, perfectUnits } from '../../../tests/product/read-units.ts';
import { context, frameIn, routeEvent } from '../../../tests/product/sample.ts';

jest.spyOn(console, 'warn').mockImplementation(() => undefined);
let aws: TestAws;
let handler: typeof import('./members.ts').handler;
let createConnection: typeof import('../../../shared/src/store/connections.ts').createConnection;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'MembersFunction');
  ({ handler } = await import('./members.ts'));
  ({ createConnection } = await import('../../../shared/src/store/connections.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

interface People {
  /** Connections of those who are here, one number for each of them. */
  here?: number[];
  /** Connections that never said goodbye. */
  ghosts?: number;
  /** Seen last, and members still where the room is private. */
  away?: number;
  /** Seen after those, and removed since. */
  removed?: number;
  /** Members who were never seen. */
  invited?: number;
  isPrivate?: boolean;
  /** Bytes of ids, and of nicknames. */
  bytes?: number;
}

const ROOM = 'den';
const put = (pk: string, sk: string, row: Row) =>
  aws.put(aws.tables.connections, { pk: { S: `${pk}#${ROOM}` }, sk: { S: sk }, ...row });
const at = (ms: number) => ({ S: new Date(Date.now() + ms).toISOString() });

async function fill(people: People): Promise<void> {
  const { here = [], ghosts = 0, away = 0, removed = 0, invited = 0 } = people;
  const { isPrivate = false, bytes = 30 } = people;
  await aws.reset();
  const id = (kind: string, n: number) => `${kind}-${n}`.padEnd(bytes, 'x');
  const nickname = { S: 'n'.repeat(bytes) };
  const me = { userId: 'u_me', nickname: 'Ada', clientId: 'client-1', protocol: 'v1' as const };
  await createConnection({
    ...me,
    connectionId: 'c1=',
    subscriptions: [{ topic: `room:${ROOM}`, shard: 0 }],
  });
  const visibility = { S: isPrivate ? 'private' : 'public' };
  await put('room', 'room', { visibility, createdBy: { S: 'u_me' } });
  const join = (userId: string) =>
    isPrivate ? put('room', `member#${userId}`, { role: { S: 'member' } }) : undefined;
  const enter = (userId: string, connection: number, leaseMs: number) =>
    put('roster', `${userId}#c${connection}=`, { nickname, at: at(0), leaseUntil: at(leaseMs) });
  const see = (userId: string, shown: string, ms: number) =>
    put('presence', userId, { nickname, shown: { S: shown }, shownAt: at(ms), seenAt: at(ms) });
  for (const [n, connections] of here.entries()) {
    const userId = id('here', n);
    for (let connection = 0; connection < connections; connection += 1)
      await enter(userId, connection, 60_000);
    await see(userId, 'online', 0);
    await join(userId);
  }
  for (let n = 0; n < ghosts; n += 1) await enter(id('ghost', n), 0, -1);
  for (let n = 0; n < away; n += 1) {
    await see(id('away', n), 'offline', -60_000 - n);
    await join(id('away', n));
  }
  for (let n = 0; n < removed; n += 1) await see(id('removed', n), 'offline', -30_000);
  for (let n = 0; n < invited; n += 1) await join(id('invited', n));
}

const ones = (length: number) => Array.from({ length }, () => 1);

async function ask(): Promise<{ answer: Members; units: number; calls: number; allowed: number }> {
  const before = await aws.rows(aws.tables.connections);
  const reads = countReads(aws);
  const event = routeEvent('members', {
    connectionId: 'c1=',
    body: { action: 'members', room: ROOM },
  });
  const answer = frameIn(await handler(event, context())) as Members;
  aws.hold = undefined;
  const told = new Map(answer.members.map((one) => [one.userId, one.online]));
  const of = (pk: string, is: (sk: string) => boolean) =>
    before.filter((row) => row.pk?.S === `${pk}#${ROOM}` && is(row.sk?.S ?? ''));
  const perfect =
    perfectUnits(of('roster', (sk) => told.has(sk.replace(/#.*/, '')))) +
    perfectUnits(of('presence', (sk) => told.get(sk) === false)) / 2;
  return { answer, ...reads, allowed: 4 * perfect + 8 };
}

describe('an answer', () => {
  test.each<[string, People, Partial<Record<'here' | 'away' | 'count' | 'calls', number>>]>([
    ['a small room', { here: ones(5), away: 5 }, { here: 5, away: 5, count: 5, calls: 3 }],
    ['a room of a hundred', { here: ones(100), away: 100 }, { here: 100, count: 100 }],
    ['a hundred on all their devices', { here: Array(100).fill(5) }, { here: 100, count: 100 }],
    ['a lobby that many were in', { here: ones(5), away: 400 }, { here: 5, away: 100, count: 5 }],
    ['a crowd', { here: ones(300), away: 20 }, { here: 0, count: 300 }],
    ['a room of ghosts', { here: ones(5), ghosts: 30 }, { here: 5, count: 5 }],
    ['a private room', { isPrivate: true, here: ones(5), away: 20 }, { here: 5, away: 20 }],
    [
      'a private room that many were removed from',
      { isPrivate: true, here: ones(2), away: 10, removed: 120 },
      { here: 2, away: 10 },
    ],
    [
      'a large private room that many were removed from',
      { isPrivate: true, here: ones(1), away: 60, removed: 200 },
      { here: 1 },
    ],
    [
      'a private room of names as long as they may be, whose members never came',
      { isPrivate: true, here: ones(1), removed: 200, invited: 49, bytes: 128 },
      { here: 1, away: 0 },
    ],
  ])(
    'of %s costs what it tells',
    async (_, people, expected) => {
      await fill(people);
      // The first of a crowd counts it.
      await ask();
      const { answer, units, calls, allowed } = await ask();
      expect(units).toBeLessThanOrEqual(allowed);
      const online = answer.members.filter((one) => one.online).length;
      const told = {
        here: online,
        away: answer.members.length - online,
        count: answer.count,
        calls,
      };
      expect(told).toMatchObject(expected);
    },
    60_000,
  );

  test('costs no more, whoever is here, was here, and was removed', async () => {
    const many = fc.constantFrom(0, 3, 30, 120);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          here: fc.constantFrom(1, 3, 60, 150).map(ones),
          ...{ away: many, removed: many, invited: many },
          ...{ isPrivate: fc.boolean(), bytes: fc.constantFrom(30, 128) },
        }),
        async (people) => {
          await fill(people);
          await ask();
          const { answer, units, allowed } = await ask();
          expect(units).toBeLessThanOrEqual(allowed);
          expect(answer.count).toBe(people.here.length);
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);
});

describe('a crowd', () => {
  const queries = () => {
    const made: unknown[] = [];
    aws.script.dynamodb = (action, input) => {
      const values = JSON.stringify(input.ExpressionAttributeValues ?? {});
      if (action === 'Query' && values.includes(`roster#${ROOM}`)) made.push(input.Limit);
      return undefined;
    };
    return made;
  };

  test('is read to its end once in ten seconds, whoever asks', async () => {
    await fill({ here: ones(LIMITS.crowd + 200) });
    const made = queries();
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(made.filter((limit) => limit === undefined)).toHaveLength(1);
    expect(answers.every(({ answer }) => answer.count > LIMITS.crowd)).toBe(true);
    expect((await ask()).answer.count).toBe(LIMITS.crowd + 200);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 11_000);
    await ask();
    clock.mockRestore();
    expect(made.filter((limit) => limit === undefined)).toHaveLength(2);
  }, 60_000);

  test('that has gone is told by name again once its count is old', async () => {
    await fill({ here: ones(LIMITS.crowd + 200) });
    await ask();
    for (const { pk, sk } of await aws.rows(aws.tables.connections))
      if (pk?.S === `roster#${ROOM}` && Number(sk?.S?.match(/\d+/)?.[0]) >= 40)
        await aws.call('DeleteItem', { TableName: aws.tables.connections, Key: { pk, sk } });
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 11_000);
    const { answer } = await ask();
    clock.mockRestore();
    expect([answer.count, answer.members.filter(({ online }) => online).length]).toEqual([40, 40]);
  }, 60_000);
});
