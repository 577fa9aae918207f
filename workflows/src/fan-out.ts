// The fan-out: posts one frame to every subscriber of a shard within a time budget, whatever single connections do.

import type { SubscriberPage } from '../../shared/src/store/connections.ts';
import { createPace, type Pace } from './pace.ts';
import { isThrottled, type Outcome, type Poster } from './poster.ts';

/** Posts in flight at once: posting is bound by CPU, so that more would only queue inside the client. */
const CONCURRENCY = 64;
const TRIES = 5;
const BACK_OFF_BASE_MS = 100;
const BACK_OFF_CAP_MS = 2_000;

export interface FanOut {
  poster: Poster;
  /** Worth nothing a moment later: each is tried once, and nobody loses their socket for having missed it. */
  isBestEffort?: boolean;
  /** Whether a throttled run may leave its rest to a next one. Otherwise that rest is left to the heads in `pong`. */
  mayGoOn: boolean;
  /** One page of recipients; `from` is the place where the page before ended. */
  page(from?: string): Promise<SubscriberPage>;
  /** Removes the rows of connections that were found gone; what it leaves, the next broadcast finds again. */
  forget(connectionIds: string[]): Promise<void>;
  /** Milliseconds left for this run. */
  remainingMs(): number;
  random(): number;
  sleep(ms: number): Promise<void>;
}

export interface Result {
  delivered: number;
  gone: number;
  closed: number;
  /** Neither told nor closed: they learn of the frame when they next ask. */
  failed: number;
  /** Not told because of 429, and not closed: their clients find the frame missing by the heads in `pong`, and ask. */
  throttled: number;
  /** Whether this run was slowed down by a 429. */
  isSlowed: boolean;
  /** Where to go on, when time ran out before the pages did. */
  next?: string;
}

/**
 * Posts `data` page by page, reading the next page while posting to this one. Throws if recipients cannot be read. Where it
 * gives up because of 429s, it counts the recipients of this page, not those of later pages.
 */
export async function fanOut(data: Uint8Array, io: FanOut, from?: string): Promise<Result> {
  const counts = { delivered: 0, gone: 0, closed: 0, failed: 0, throttled: 0 };
  const pace = createPace(io);
  const result = (next?: string): Result => ({
    ...counts,
    isSlowed: pace.isSlowed(),
    ...(next === undefined ? {} : { next }),
  });
  let reading = io.page(from);
  let here = from;
  for (;;) {
    const { connectionIds, next } = await reading;
    const ahead = next === undefined ? undefined : io.page(next);
    // Awaited only after this page is posted; until then its failure must not count as unhandled.
    ahead?.catch(() => undefined);
    const end = await postAll(connectionIds, data, io, pace, counts);
    if (end !== 'done') return result(end.goesOn ? (end.reached ?? here) : undefined);
    if (next === undefined || ahead === undefined) return result();
    if (io.remainingMs() <= 0) return result(io.mayGoOn || !pace.isSlowed() ? next : undefined);
    reading = ahead;
    here = next;
  }
}

interface Recipient {
  at: number;
  connectionId: string;
  /** Posts to it that were answered 429. */
  throttles: number;
}

/** `reached` is the last connection that was tried; there is none on a page for which no time was left. */
async function postAll(
  connectionIds: string[],
  data: Uint8Array,
  io: FanOut,
  pace: Pace,
  counts: Omit<Result, 'isSlowed' | 'next'>,
): Promise<'done' | { goesOn: boolean; reached?: string | undefined }> {
  const gone: string[] = [];
  const line = connectionIds.map((id, at): Recipient => ({ connectionId: id, at, throttles: 0 }));
  const untried: Recipient[] = [];
  let taken = 0;
  let reached = -1;
  const take = () => (taken < line.length ? line[taken++] : undefined);
  const lane = async () => {
    for (let one = take(); one !== undefined; one = take()) {
      const outcome = await reach(one.connectionId, data, io, pace);
      if (outcome === 'untried') {
        untried.push(one);
        return;
      }
      reached = Math.max(reached, one.at);
      if (outcome === 'gone') gone.push(one.connectionId);
      else if (outcome !== 'throttled') counts[outcome] += 1;
      else if (isTriedEnough(one, io)) counts.throttled += 1;
      else line.push(one);
      if (io.remainingMs() <= 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, connectionIds.length) }, lane));
  await io.forget(gone);
  counts.gone += gone.length;

  const left = [...untried, ...line.slice(taken)];
  const goesOn = !pace.isSlowed() || (io.mayGoOn && !pace.isOver());
  // A next run starts behind the last that was tried, so that nobody is told twice.
  const passed = goesOn ? left.filter(({ at }) => at <= reached) : left;
  counts.throttled += passed.length;
  if (left.length === 0 || (goesOn && passed.length === left.length)) return 'done';
  return { goesOn, reached: connectionIds[reached] };
}

function isTriedEnough(one: Recipient, { isBestEffort }: FanOut): boolean {
  one.throttles += 1;
  return isBestEffort === true || one.throttles === TRIES;
}

async function reach(
  connectionId: string,
  data: Uint8Array,
  io: FanOut,
  pace: Pace,
): Promise<'delivered' | 'gone' | 'closed' | 'failed' | 'throttled' | 'untried'> {
  const post = () => pace.turn(() => io.poster.post(connectionId, data));
  const posted = await (io.isBestEffort ? post() : insist(post, io));
  if (posted === 'delivered' || posted === 'gone' || posted === 'untried') return posted;
  // It is no fault of this connection: cut, it would come back with all the others that were.
  if (isThrottled(posted)) return 'throttled';
  if (io.isBestEffort) return 'failed';
  // Better cut, so that its client comes back and asks, than alive and silently behind.
  const close = () => pace.turn(() => io.poster.close(connectionId));
  const closed = await insist(async () => {
    const outcome = await close();
    return isThrottled(outcome) ? 'later' : outcome;
  }, io);
  if (closed === 'gone') return 'gone';
  return closed === 'delivered' ? 'closed' : 'failed';
}

/** Tries again while that can help. Full jitter, so that recipients that failed together do not come back together. */
async function insist(
  attempt: () => Promise<Outcome | 'untried'>,
  io: FanOut,
): Promise<Outcome | 'untried'> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt();
    if (outcome !== 'later' || tries === TRIES) return outcome;
    const waitMs = io.random() * Math.min(BACK_OFF_CAP_MS, BACK_OFF_BASE_MS * 2 ** tries);
    if (waitMs >= io.remainingMs()) return outcome;
    await io.sleep(waitMs);
  }
}
