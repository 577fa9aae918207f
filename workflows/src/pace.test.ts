// The fan-out against an account whose request rate is spent, on a clock of its own: the pace, who is told, and that it ends.

import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { seeded } from '../../local/seeded.ts';
import { type FanOut, fanOut, type Result } from './fan-out.ts';
import type { Outcome, Throttled } from './poster.ts';

const DATA = new TextEncoder().encode('{}');
const POST_MS = 10;
const BUDGET_MS = 55_000;
const NO: Throttled = { throttledMs: 0 };
const NONE = { delivered: 0, gone: 0, closed: 0, failed: 0, throttled: 0, isSlowed: true };
const ids = (count: number) =>
  Array.from({ length: count }, (_, at) => `c${String(at).padStart(5, '0')}`);

interface Call {
  atMs: number;
  connectionId: string;
  outcome: Outcome;
}

/** What the account answers to a post at that time. */
type Account = (atMs: number, connectionId: string) => Outcome;

/** Runs the fan-out to its end. Time stands still while it works, and passes while all of it waits. */
async function run(
  connectionIds: string[],
  account: Account,
  { closing = account, ...more }: Partial<FanOut> & { closing?: Account } = {},
): Promise<{ result: Result; posts: Call[]; closes: Call[]; tookMs: number }> {
  let nowMs = 0;
  const alarms: { atMs: number; ring: () => void }[] = [];
  const sleep = (ms: number) =>
    new Promise<void>((ring) => alarms.push({ atMs: nowMs + ms, ring }));
  const posts: Call[] = [];
  const closes: Call[] = [];
  const door = (calls: Call[], answer: Account) => async (connectionId: string) => {
    const outcome = answer(nowMs, connectionId);
    calls.push({ atMs: nowMs, connectionId, outcome });
    await sleep(POST_MS);
    return outcome;
  };
  let result: Result | undefined;
  const io: FanOut = {
    mayGoOn: true,
    poster: { post: door(posts, account), close: door(closes, closing) },
    page: async () => ({ connectionIds }),
    forget: async () => undefined,
    remainingMs: () => BUDGET_MS - nowMs,
    random: () => 1,
    sleep,
    ...more,
  };
  const ended = fanOut(DATA, io).then((given) => {
    result = given;
  });
  for (;;) {
    await setImmediate();
    if (result !== undefined) break;
    alarms.sort((one, other) => one.atMs - other.atMs);
    const next = alarms.shift();
    if (next === undefined) throw new Error('The fan-out waits for nothing');
    nowMs = next.atMs;
    next.ring();
    while (alarms[0]?.atMs === nowMs) alarms.shift()?.ring();
  }
  await ended;
  return { result, posts, closes, tookMs: nowMs };
}

/** The account's token bucket, of which this fan-out has all. */
function bucket(perS: number, burst = perS): Account {
  let tokens = burst;
  let filledMs = 0;
  return (atMs) => {
    tokens = Math.min(burst, tokens + ((atMs - filledMs) / 1000) * perS);
    filledMs = atMs;
    if (tokens < 1) return NO;
    tokens -= 1;
    return 'delivered';
  };
}

const until =
  (ms: number): Account =>
  (atMs) =>
    atMs < ms ? NO : 'delivered';
const delivered = (posts: Call[]) =>
  posts.filter(({ outcome }) => outcome === 'delivered').map(({ connectionId }) => connectionId);
const within = (posts: Call[], from: number, to: number) =>
  posts.filter(({ atMs }) => atMs >= from && atMs < to).length;

describe('an account that throttles', () => {
  test('everything for a while: all are told once, in the end, and nobody is closed', async () => {
    const all = ids(500);
    const { result, posts, closes } = await run(all, until(4_000));
    expect(result).toEqual({ ...NONE, delivered: 500 });
    expect(delivered(posts).sort()).toEqual(all);
    expect(closes).toEqual([]);
    // 64 were under way at the first 429; from then on a few look whether it is over.
    expect(within(posts, 0, 4_000)).toBeLessThan(64 + 100);
  });

  test('half of the clients for a while: all are told once, and nobody is closed', async () => {
    const all = ids(300);
    const half: Account = (_, id) => (Number(id.slice(1)) % 2 === 0 ? NO : 'delivered');
    const { result, posts, closes } = await run(all, (atMs, id) =>
      atMs < 1_000 ? half(atMs, id) : 'delivered',
    );
    expect(result).toEqual({ ...NONE, delivered: 300 });
    expect(delivered(posts).sort()).toEqual(all);
    expect(closes).toEqual([]);
  });

  test('half of all posts by chance: nearly all are told once, and nobody is closed', async () => {
    const random = seeded(7);
    const { result, posts, closes } = await run(ids(100), () =>
      random() < 0.5 ? NO : 'delivered',
    );
    expect(result.delivered + result.throttled).toBe(100);
    expect(new Set(delivered(posts)).size).toBe(delivered(posts).length);
    expect(result.delivered).toBe(delivered(posts).length);
    // One in 32 is answered 429 five times.
    expect(result.throttled).toBeLessThan(15);
    expect(closes).toEqual([]);
  });

  test('above a rate: the posts come down to about that rate, and all are told once', async () => {
    const all = ids(3_000);
    const { result, posts, closes, tookMs } = await run(all, bucket(200, 400));
    expect(result).toEqual({ ...NONE, delivered: 3_000 });
    expect(delivered(posts).sort()).toEqual(all);
    expect(closes).toEqual([]);
    // Two in three posts at least get through, where the unpaced 6,400 a second would have hammered.
    expect(posts.length).toBeLessThan(3_000 * 1.5);
    expect(tookMs).toBeLessThan(2 * (2_600 / 200) * 1_000);
  });

  test('everything for ever: it ends within seconds, and closes nobody', async () => {
    const { result, posts, closes, tookMs } = await run(ids(1_000), () => NO);
    expect(result).toEqual({ ...NONE, throttled: 1_000 });
    expect(closes).toEqual([]);
    expect(posts.length).toBeLessThan(64 + 12 * 20);
    expect(tookMs).toBeLessThan(15_000);
  });

  test('with Retry-After is asked again no sooner', async () => {
    const slow: Account = (atMs) => (atMs < 7_000 ? { throttledMs: 7_000 } : 'delivered');
    const { result, posts } = await run(ids(100), slow);
    expect(result).toEqual({ ...NONE, delivered: 100 });
    expect(within(posts, POST_MS, 7_000)).toBe(0);
  });

  test('with a Retry-After beyond the time that is left: what was tried is left, the rest is for the next run', async () => {
    const all = ids(100);
    const never: Account = () => ({ throttledMs: 3_600_000 });
    const { result, posts, tookMs } = await run(all, never);
    expect(result).toEqual({ ...NONE, throttled: 64, next: all[63] });
    expect([posts.length, tookMs]).toEqual([64, POST_MS]);
  });

  test('so long that time runs out: the next run goes on behind the last that was tried', async () => {
    const all = ids(3_000);
    const { result, posts, closes } = await run(all, bucket(20));
    expect(closes).toEqual([]);
    expect(result.next).toBeDefined();
    const last = all.indexOf(result.next ?? '');
    expect(result.delivered + result.throttled).toBe(last + 1);
    for (const { connectionId } of posts) expect(connectionId <= (result.next ?? '')).toBe(true);
    expect(result.delivered).toBe(new Set(delivered(posts)).size);
  });

  test('so long that time runs out in the last run: the rest is counted, and it ends', async () => {
    const { result } = await run(ids(3_000), bucket(20), { mayGoOn: false });
    expect(result.next).toBeUndefined();
    expect(result.delivered + result.throttled).toBe(3_000);
  });
});

describe('one client whose buffer is full', () => {
  test('is tried five times and left: the others are told without delay, and it stays open', async () => {
    const all = ids(200);
    const { result, posts, closes, tookMs } = await run(all, (_, id) =>
      id === 'c00007' ? NO : 'delivered',
    );
    expect(result).toEqual({ ...NONE, delivered: 199, throttled: 1 });
    expect(posts.filter(({ connectionId }) => connectionId === 'c00007')).toHaveLength(5);
    expect(closes).toEqual([]);
    const told = posts.filter(({ outcome }) => outcome === 'delivered');
    expect(Math.max(...told.map(({ atMs }) => atMs))).toBeLessThan(1_000);
    expect(tookMs).toBeLessThan(5_000);
  });
});

describe('clients that never read', () => {
  const silent =
    (every: number): Account =>
    (_, id) =>
      Number(id.slice(1)) % every === every - 1 ? NO : 'delivered';
  const lastTold = (posts: Call[]) =>
    Math.max(...posts.flatMap(({ atMs, outcome }) => (outcome === 'delivered' ? [atMs] : [])));

  test.each([1_000, 100, 34])('one in %d delay nobody, and stay open', async (every) => {
    const { result, posts, closes } = await run(ids(3_400), silent(every));
    const count = Math.floor(3_400 / every);
    expect(result).toMatchObject({ delivered: 3_400 - count, throttled: count });
    expect(closes).toEqual([]);
    // At full speed it is half a second.
    expect(lastTold(posts)).toBeLessThan(1_000);
  });

  test('and an account that throttles after all went well: the posts are paced all the same', async () => {
    const all = ids(5_000);
    const { result, posts } = await run(all, bucket(200, 2_000));
    expect(result).toEqual({ ...NONE, delivered: 5_000 });
    expect(posts.length).toBeLessThan(5_000 * 1.5);
  });
});

describe('the closing of a client that refuses', () => {
  const refused: Account = () => 'refused';

  test('waits for its turn where it is throttled', async () => {
    const { result, closes } = await run(['a'], refused, {
      closing: (atMs) => (atMs < 300 ? NO : 'delivered'),
    });
    expect(result).toEqual({ ...NONE, closed: 1 });
    expect(closes.length).toBeGreaterThan(1);
  });

  test('that stays throttled counts as failed, not as closed', async () => {
    const { result, closes } = await run(['a'], refused, { closing: () => NO });
    expect(result).toEqual({ ...NONE, failed: 1 });
    expect(closes).toHaveLength(5);
  });
});

test('a fleeting frame ends at the first 429: no more posts than were under way', async () => {
  const { result, posts, tookMs } = await run(ids(100), () => NO, { isBestEffort: true });
  expect(result).toEqual({ ...NONE, throttled: 100 });
  expect([posts.length, tookMs]).toEqual([64, POST_MS]);
});
