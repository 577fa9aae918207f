// Chance that repeats: the same seed, the same misfortunes (mulberry32).

export interface Chance {
  /** 0 ≤ x < 1 */
  fraction(): number;
  happens(probability: number): boolean;
}

export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  function fraction() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return { fraction, happens: (probability) => fraction() < probability };
}
