// Faults on purpose: events doubled, delayed so that they reorder, or dropped, the same way for the same seed.
import { seeded } from '../seeded.ts';

export interface Faults {
  /** Each event goes to each target that many times. */
  copies: number;
  /** Shortest and longest delay of one copy, in milliseconds; drawn uniformly, so copies and events change places. */
  delayMs: [min: number, max: number];
  /** The share of copies that never arrive, 0 to 1. */
  dropRate: number;
  seed: number;
}

/** The delays, in milliseconds, of the copies of the next delivery; shorter than `copies` where some are dropped. */
export type Misfortune = () => number[];

/** One stream of misfortune: the n-th delivery of two runs with the same seed fares the same. */
export function misfortune({ copies, delayMs: [min, max], dropRate, seed }: Faults): Misfortune {
  const random = seeded(seed);
  return () => {
    const delays: number[] = [];
    for (let copy = 0; copy < copies; copy++) {
      const dropped = random() < dropRate;
      const delay = min + random() * (max - min);
      if (!dropped) delays.push(delay);
    }
    return delays;
  };
}
