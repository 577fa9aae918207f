// Places of a room, read a step at a time, until the frame or the range ends.

import { type Place, type Stretch, stored, type Wanted } from '../../shared/src/history.ts';
import type { Reading } from './reading.ts';

/** As `stored`. It may end before `limit`, where the frame is full or the allowance of `reading` used up: `cut` tells. */
export async function inSteps(room: string, wanted: Wanted, reading: Reading): Promise<Stretch> {
  reading.begin();
  const places: Place[] = [];
  let { from, to } = wanted;
  while (from <= to && places.length < wanted.limit) {
    const limit = Math.min(reading.next(), wanted.limit - places.length, to - from + 1);
    if (limit === 0) break;
    const step = await stored(room, { ...wanted, from, to, limit });
    reading.took(step.places);
    places.push(...step.places);
    const last = step.places.at(-1)?.seq;
    if (last === undefined || !step.cut) return { places, cut: false };
    if (wanted.backwards) to = last - 1;
    else from = last + 1;
  }
  return { places, cut: from <= to };
}
