// Work in flight: what has been started and must be awaited before the gateway may end.
import { setTimeout as delay } from 'node:timers/promises';

export interface Work {
  /** Remembers it until it settles; a rejection goes to `onError`. */
  add(promise: Promise<unknown>): void;
  /** Waits for all, also for what is added meanwhile. False when `ms` passed first. */
  settled(ms: number): Promise<boolean>;
}

export function createWork(onError: (error: unknown) => void): Work {
  const pending = new Set<Promise<void>>();
  return {
    add(promise) {
      const watched = promise.then(() => undefined, onError).finally(() => pending.delete(watched));
      pending.add(watched);
    },
    async settled(ms) {
      const patience = new AbortController();
      const timeUp = delay(ms, false, { signal: patience.signal }).catch(() => false);
      const done = (async () => {
        while (pending.size > 0) await Promise.all(pending);
        return true;
      })();
      const result = await Promise.race([done, timeUp]);
      patience.abort();
      return result;
    },
  };
}
