// Places of a room, read a step at a time, until the frame or the range ends.

import {
  type Place,
  type Stretch,
  stored,
  type Wanted,
} from '../../../shared/src/store/message-log.ts';
import type { Reading } from './read-budget.ts';

/** As `stored`. It may end before `limit`, where the frame is full or the allowance of `reading` used up: `cut` tells. */
export async function inSteps(room: string, wanted: Wanted, reading: Reading): Promise<Stretch> {
  const { limit: most, backwards = false } = wanted;
  reading.begin();
  const places: Place[] = [];
  let { from, to } = wanted;
  while (from <= to && places.length < most) {
    const limit = Math.min(reading.next(), most - places.length, to - from + 1);
    if (limit === 0) return { places, cut: true };
    const step = await stored(room, { ...wanted, from, to, limit });
    const last = step.places.at(-1)?.seq;
    const holes = backwards || last === undefined ? 0 : last - from + 1 - step.places.length;
    reading.took(step.places, Math.min(holes, most));
    places.push(...step.places);
    // A range that was made shorter has more behind it.
    if (last === undefined || !step.cut) return { places, cut: !backwards && to < wanted.to };
    if (backwards) to = last - 1;
    else {
      from = last + 1;
      // Holes count as places: above so many, what is read would not be told.
      to = Math.min(to, wanted.from + most - 1);
    }
  }
  return { places, cut: backwards ? from <= to : from <= wanted.to };
}
