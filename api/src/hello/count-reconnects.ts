// The spread that welcome tells: counts who arrives, and makes a window of how many there are.

import { countArrival } from '../../../shared/src/store/reconnects.ts';
import { MOST_MS, windowOf } from './reconnect-window.ts';

export interface Spread {
  spreadMs: number;
  /** The hour in which the client is counted now; undefined where it could not be counted. */
  came?: number;
}

/** `before`: the hour in which it was counted. Where nobody can count, the widest: that is when a herd is likely. */
export async function spread(before?: number): Promise<Spread> {
  try {
    const { count, hour } = await countArrival(before);
    return { spreadMs: windowOf(count), came: hour };
  } catch (error) {
    console.warn({ route: 'hello', uncounted: true, error });
    return { spreadMs: MOST_MS };
  }
}
