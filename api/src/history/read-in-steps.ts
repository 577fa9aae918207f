// Places of a room, read a step at a time, until the frame or the range ends.

import {
  type LogEntry,
  type LogPage,
  type LogRange,
  readEntries,
} from '../../../shared/src/store/message-log.ts';
import type { ReadBudget } from './read-budget.ts';

/** As `readEntries`. It may end before `limit`, where the frame is full or the allowance of `reading` used up: `cut` tells. */
export async function readInSteps(
  room: string,
  wanted: LogRange,
  reading: ReadBudget,
): Promise<LogPage> {
  const { limit: most, backwards = false } = wanted;
  reading.begin();
  const places: LogEntry[] = [];
  let { from, to } = wanted;
  while (from <= to && places.length < most) {
    const limit = Math.min(reading.next(), most - places.length, to - from + 1);
    if (limit === 0) return { places, cut: true };
    const step = await readEntries(room, { ...wanted, from, to, limit });
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
