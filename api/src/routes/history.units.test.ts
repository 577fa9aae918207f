// What an answer of history costs: in an even room at most four times the units of what it holds, and 8; in any room at most one answer more.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { History } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { type Row, startAws, type TestAws } from '../../../tests/product/aws.ts';
import { countReads, perfectUnits } from '../../../tests/product/read-units.ts';
import { context, frameIn, routeEvent } from '../../../tests/product/sample.ts';

const MINUTE_MS = 60_000;
const [TINY, SHORT, ASCII, LONG, ESCAPED] = [
  'hi',
  'x'.repeat(200),
  'x'.repeat(4_000),
  '😀'.repeat(4_000),
  // A byte each in the table, and six in the frame.
  `x${'\u0001'.repeat(3_990)}`,
] as const;

let aws: TestAws;
let handler: typeof import('./history.ts').handler;
let createConnection: typeof import('../../../shared/src/store/connections.ts').createConnection;
let rooms = 0;
let room = '';

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HistoryFunction');
  ({ handler } = await import('./history.ts'));
  ({ createConnection } = await import('../../../shared/src/store/connections.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

/** What stands at a place: a text, a tombstone, or nothing. */
type There = string | null | undefined;

/** A room of its own each time: a sandbox remembers those that are uneven. */
async function fill(all: There[], agoMs = 5 * MINUTE_MS): Promise<void> {
  await aws.reset();
  rooms += 1;
  room = `room-${rooms}`;
  const me = { userId: 'u_me', nickname: 'Ada', clientId: 'client-1', protocol: 'v1' as const };
  await createConnection({
    ...me,
    connectionId: 'c1=',
    subscriptions: [{ topic: `room:${room}`, shard: 0 }],
  });
  await put(0, { head: { N: String(all.length) }, shards: { N: '1' } });
  for (const [at, there] of all.entries()) {
    if (there === null) await put(at + 1, { void: { BOOL: true } });
    if (typeof there === 'string') await put(at + 1, said(there, agoMs));
  }
}
const put = (seq: number, row: Row) =>
  aws.put(aws.tables.messages, { room: { S: room }, seq: { N: String(seq) }, ...row });
const said = (text: string, agoMs: number): Row => ({
  ...{ messageId: { S: crypto.randomUUID() }, userId: { S: 'guest-0a1b2c3d4e5f60718293a4b5' } },
  ...{ nickname: { S: 'guest-0a1b2c3d' }, text: { S: text }, expiresAt: { N: '0' } },
  sentAt: { S: new Date(Date.now() - agoMs).toISOString() },
});

interface Asked {
  before?: number;
  ranges?: [number, number][];
  limit?: number;
}
interface Cost {
  answer: History;
  calls: number;
  units: number;
  allowed: number;
}

/** An answer with what it cost, and what it may: a perfect reader asks once for a page, and once for each range it speaks of. */
async function ask(asked: Asked = {}): Promise<Cost> {
  const reads = countReads(aws);
  const body = { action: 'history', room, ...asked };
  const event = routeEvent('history', { connectionId: 'c1=', body });
  const answer = frameIn(await handler(event, context())) as History;
  aws.hold = undefined;
  const told = new Set([...answer.items.map(({ seq }) => seq), ...answer.void]);
  const rows = (await aws.rows(aws.tables.messages)).filter((row) => told.has(Number(row.seq?.N)));
  const stretches = (asked.ranges ?? [[1, answer.to]]).filter(([from]) => from <= answer.to);
  const perfect = stretches.map(([from, to]) =>
    perfectUnits(rows.filter(({ seq }) => Number(seq?.N) >= from && Number(seq?.N) <= to)),
  );
  const allowed =
    4 *
      Math.max(
        1,
        perfect.reduce((sum, units) => sum + units, 0),
      ) +
    8;
  return { answer, calls: reads.calls, units: reads.units, allowed };
}

/** All that the room has, page after page. */
async function pages(limit: number): Promise<Cost[]> {
  const all: Cost[] = [];
  let before: number | undefined;
  do {
    const cost = await ask({ limit, ...(before === undefined ? {} : { before }) });
    all.push(cost);
    before = cost.answer.more ? cost.answer.from : undefined;
    expect(all.length).toBeLessThan(200);
  } while (before !== undefined);
  return all;
}
/** All of a range, in ascending order. */
async function ranges(asked: [number, number][], limit: number): Promise<Cost[]> {
  const all: Cost[] = [];
  let left = asked;
  while (left.length > 0) {
    const cost = await ask({ ranges: left, limit });
    const { more, to: upTo } = cost.answer;
    all.push(cost);
    expect(all.length).toBeLessThan(200);
    left = !more
      ? []
      : left.flatMap(([from, to]): [number, number][] =>
          to > upTo ? [[Math.max(from, upTo + 1), to]] : [],
        );
  }
  return all;
}
const seqs = (costs: Cost[]) =>
  costs
    .flatMap(({ answer }) => answer.items.map(({ seq }) => seq))
    .sort((one, other) => one - other);
const tooDear = (costs: Cost[]) => costs.filter(({ units, allowed }) => units > allowed);

/** Calls beside the steps: the head, and the second look at whether the room is still the speaker's. */
const BESIDES = 2;

describe('a page', () => {
  test.each([
    ['a hundred of two letters', TINY, 100, 100, 3],
    ['a hundred of 200 bytes', SHORT, 100, 67, 3],
    ['fifty of 200 bytes, which the page asks for', SHORT, 50, 50, 3],
    ['a hundred of 4,000 bytes', ASCII, 100, 6, 2],
    ['a hundred of 16,000 bytes', LONG, 100, 1, 1],
  ])('of %s is read in few steps', async (_, text, limit, least, steps) => {
    await fill(Array.from({ length: 100 }, () => text));
    const { answer, calls, units, allowed } = await ask({ limit });
    expect(answer.items.length).toBeGreaterThanOrEqual(least);
    expect(units).toBeLessThanOrEqual(allowed);
    expect(calls - BESIDES).toBeLessThanOrEqual(steps);
  });

  test('of as many ranges as may be asked for tells all of them, in a query each', async () => {
    await fill(Array.from({ length: 100 }, () => SHORT));
    const asked = Array.from({ length: LIMITS.ranges }, (_, at): [number, number] => [
      3 * at + 1,
      3 * at + 1,
    ]);
    const { answer, calls, units, allowed } = await ask({ ranges: asked });
    expect(seqs([{ answer, calls, units, allowed }])).toEqual(asked.map(([from]) => from));
    expect(calls - BESIDES).toBe(LIMITS.ranges);
    expect(units).toBeLessThanOrEqual(allowed);
  });

  test('of a room whose messages grow all at once is dear once, and is remembered', async () => {
    await fill([
      ...Array.from({ length: 60 }, () => LONG),
      ...Array.from({ length: 9 }, () => TINY),
    ]);
    const first = await ask({ limit: 100 });
    expect(first.units).toBeGreaterThan(first.allowed);
    const again = await ask({ limit: 100 });
    expect(again.units).toBeLessThanOrEqual(again.allowed);
    expect(again.answer.items.length).toBeGreaterThan(5);
  });

  test('above a long run of tombstones, then long messages, looks at few rows', async () => {
    const young = Array.from({ length: 20 }, () => LONG);
    await fill([TINY, undefined, null, null, null, ...young], 0);
    const costs = await ranges([[2, 2]], 100);
    expect(tooDear(costs)).toEqual([]);
  });
});

describe('whatever is stored', () => {
  /** Within a factor of three of each other. */
  const even = fc
    .tuple(fc.integer({ min: 1, max: 1_300 }), fc.constantFrom('x', 'é', '😀'))
    .chain(([least, letter]) =>
      fc.array(
        fc.integer({ min: least, max: 3 * least }).map((length) => letter.repeat(length)),
        { minLength: 1, maxLength: 60 },
      ),
    );
  const any = fc.array(
    fc
      .tuple(
        fc.constantFrom<There>(TINY, TINY, SHORT, ASCII, LONG, LONG, ESCAPED, null, undefined),
        fc.integer({ min: 1, max: 20 }),
      )
      .map(([there, times]) => Array.from({ length: times }, () => there)),
    { minLength: 1, maxLength: 6 },
  );
  const limits = fc.constantFrom(1, 7, 50, LIMITS.historyItems);
  const stored = (all: There[]) =>
    all.flatMap((there, at) => (typeof there === 'string' ? [at + 1] : []));

  test('where messages are much alike, no answer is too dear', async () => {
    await fc.assert(
      fc.asyncProperty(even, limits, async (all, limit) => {
        await fill(all);
        const costs = [...(await pages(limit)), ...(await ranges([[1, all.length]], limit))];
        expect(tooDear(costs)).toEqual([]);
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  test('at most one answer is too dear, however sizes change, and all is told', async () => {
    await fc.assert(
      fc.asyncProperty(any, limits, async (runs, limit) => {
        const all = runs.flat();
        await fill(all);
        const down = await pages(limit);
        const up = await ranges([[1, all.length]], limit);
        const again = await pages(limit);
        expect(seqs(down)).toEqual(stored(all));
        expect(seqs(up)).toEqual(stored(all));
        expect(tooDear([...down, ...up, ...again]).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  test('a question of many ranges is no dearer', async () => {
    await fc.assert(
      fc.asyncProperty(any, fc.integer({ min: 1, max: 4 }), async (runs, apart) => {
        const all = runs.flat();
        await fill(all, MINUTE_MS / 2);
        const asked = Array.from({ length: LIMITS.ranges }, (_, at): [number, number] => [
          at * (apart + 3) + 1,
          at * (apart + 3) + 3,
        ]);
        const costs = [...(await ranges(asked, 100)), ...(await ranges(asked, 100))];
        expect(tooDear(costs).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 8 },
    );
  }, 120_000);
});
