// The fan-out: one frame to every connection that hears a topic's shard, within a time budget, whatever single recipients do.

import type { SubscriberPage } from '../../shared/src/connections.ts';
import type { Outcome, Poster } from './poster.ts';

/** Posts in flight at once: more only queues inside the client (anchors: CPU-bound at any concurrency). */
const CONCURRENCY = 64;
const TRIES = 5;
const BACK_OFF_BASE_MS = 100;
const BACK_OFF_CAP_MS = 2_000;

export interface FanOut {
  poster: Poster;
  /** One page of recipients; `from` is the place where the page before ended. */
  page(from?: string): Promise<SubscriberPage>;
  /** Removes the rows of connections that were found gone. */
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
  /** Where to go on, when time ran out before the pages did. */
  next?: string;
}

/** Posts `data` page by page, reading the next page while posting to this one. Throws only if recipients cannot be read. */
export async function fanOut(data: Uint8Array, io: FanOut, from?: string): Promise<Result> {
  const result: Result = { delivered: 0, gone: 0, closed: 0 };
  let reading = io.page(from);
  for (;;) {
    const { connectionIds, next } = await reading;
    const ahead = next === undefined ? undefined : io.page(next);
    // Awaited only after this page is posted; until then its failure must not count as unhandled.
    ahead?.catch(() => undefined);
    const reached = await postAll(connectionIds, data, io, result);
    if (reached !== undefined) return { ...result, next: reached };
    if (next === undefined || ahead === undefined) return result;
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
      const outcome = await deliver(connectionId, data, io);
      if (outcome === 'delivered') result.delivered += 1;
      else if (outcome === 'gone') gone.push(connectionId);
      else {
        // Better cut, so that its client comes back and asks, than alive and silently behind.
        await io.poster.close(connectionId);
        result.closed += 1;
      }
      if (io.remainingMs() <= 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, connectionIds.length) }, lane));
  await io.forget(gone);
  result.gone += gone.length;
  return reached < connectionIds.length - 1 ? connectionIds[reached] : undefined;
}

/** Full jitter, so that recipients throttled together do not come back together. */
async function deliver(connectionId: string, data: Uint8Array, io: FanOut): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await io.poster.post(connectionId, data);
    if (outcome !== 'later' || attempt === TRIES) return outcome;
    const waitMs = io.random() * Math.min(BACK_OFF_CAP_MS, BACK_OFF_BASE_MS * 2 ** attempt);
    if (waitMs >= io.remainingMs()) return outcome;
    await io.sleep(waitMs);
  }
}
