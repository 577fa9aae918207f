// The spread: over how long the first tries are scattered, should all connections be lost at once.

import { countArrival } from '../../shared/src/arrivals.ts';

/** Below API Gateway's 500 new connections a second, so that a herd leaves room for those who merely arrive. */
const TRIES_PER_S = 350;
const LEAST_MS = 1_000;
const MOST_MS = 60_000;

export const spreadOf = (connections: number): number =>
  Math.round(Math.min(MOST_MS, Math.max(LEAST_MS, (connections / TRIES_PER_S) * 1000)));

/** Counts this arrival; answers milliseconds. Where nobody can count, the widest: that is when a herd is likely. */
export async function spread(): Promise<number> {
  try {
    return spreadOf(await countArrival());
  } catch (error) {
    console.error({ route: 'hello', uncounted: true, error });
    return MOST_MS;
  }
}
