// @ts-check
// Gathers what comes together: one word for each burst, and none again until it has been quiet.

const GATHER_MS = 1_000;
const QUIET_MS = 30_000;

/**
 * @template Item
 * @param {{ clock: import('./line.js').Clock, tell: (key: string, items: Item[]) => void }} ports
 */
export function createBursts({ clock, tell }) {
  /** @type {Map<string, { items: Item[], lastAt: number, cancel: () => void }>} */
  const bursts = new Map();

  return {
    /** @param {string} key of what belongs together @param {Item} item */
    heard(key, item) {
      const now = clock.now();
      const known = bursts.get(key);
      if (known && now - known.lastAt < QUIET_MS) {
        known.lastAt = now;
        known.items.push(item);
        return;
      }
      const burst = { items: [item], lastAt: now, cancel: () => {} };
      burst.cancel = clock.after(GATHER_MS, () => tell(key, burst.items.splice(0)));
      bursts.set(key, burst);
    },
    /** Somebody looks: what is not told yet need not be, and what comes after is a new burst. */
    calm() {
      for (const { cancel } of bursts.values()) cancel();
      bursts.clear();
    },
  };
}
