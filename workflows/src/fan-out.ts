// The fan-out: one frame to every connection that hears a topic's shard, within a time budget, whatever single recipients do.

import type { SubscriberPage } from '../../shared/src/connections.ts';
import type { Outcome, Poster } from './poster.ts';

/** Posts in flight at once: posting is bound by CPU, so that more would only queue inside the client. */
const CONCURRENCY = 64;
const TRIES = 5;
const BACK_OFF_BASE_MS = 100;
const BACK_OFF_CAP_MS = 2_000;

export interface FanOut {
  poster: Poster;
  /** Worth nothing a moment later: each is tried once, and nobody loses their socket for having missed it. */
  isFleeting?: boolean;
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
  /** Where to go on, when time ran out before the pages did. */
  next?: string;
}

/** Posts `data` page by page, reading the next page while posting to this one. Throws if recipients cannot be read. */
export async function fanOut(data: Uint8Array, io: FanOut, from?: string): Promise<Result> {
  const result: Result = { delivered: 0, gone: 0, closed: 0, failed: 0 };
  let reading = io.page(from);
  for (;;) {
    const { connectionIds, next } = await reading;
    const ahead = next === undefined ? undefined : io.page(next);
    // Awaited only after this page is posted; until then its failure must not count as unhandled.
    ahead?.catch(() => undefined);
    const reached = await postAll(connectionIds, data, io, result);
    if (reached !== undefined) return { ...result, next: reached };
    if (next === undefined || ahead === undefined) return result;
    if (io.remainingMs() <= 0) return { ...result, next };
    reading = ahead;
  }
}

/** Answers the last connection that was tried if time ran out before the page did: all before it are done with. */
async function postAll(
  connectionIds: string[],
  data: Uint8Array,
  io: FanOut,
  result: Result,
): Promise<string | undefined> {
  const gone: string[] = [];
  const queue = connectionIds.entries();
  let reached = -1;
  const lane = async () => {
    for (const [at, connectionId] of queue) {
      reached = at;
      const outcome = await reach(connectionId, data, io);
      if (outcome === 'gone') gone.push(connectionId);
      else result[outcome] += 1;
      if (io.remainingMs() <= 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, connectionIds.length) }, lane));
  await io.forget(gone);
  result.gone += gone.length;
  return reached < connectionIds.length - 1 ? connectionIds[reached] : undefined;
}

async function reach(
  connectionId: string,
  data: Uint8Array,
  io: FanOut,
): Promise<'delivered' | 'gone' | 'closed' | 'failed'> {
  const post = () => io.poster.post(connectionId, data);
  const posted = await (io.isFleeting ? post() : insist(post, io));
  if (posted === 'delivered' || posted === 'gone') return posted;
  if (io.isFleeting) return 'failed';
  // Better cut, so that its client comes back and asks, than alive and silently behind.
  const closed = await insist(() => io.poster.close(connectionId), io);
  if (closed === 'gone') return 'gone';
  return closed === 'delivered' ? 'closed' : 'failed';
}

/** Tries again while that can help. Full jitter, so that recipients throttled together do not come back together. */
async function insist(attempt: () => Promise<Outcome>, io: FanOut): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt();
    if (outcome !== 'later' || tries === TRIES) return outcome;
    const waitMs = io.random() * Math.min(BACK_OFF_CAP_MS, BACK_OFF_BASE_MS * 2 ** tries);
    if (waitMs >= io.remainingMs()) return outcome;
    await io.sleep(waitMs);
  }
}
