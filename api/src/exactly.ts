// Exact places of a room. What is still on its way is left out; what will never come is fenced, and called void.

import { fence, isSentAbove, type Place, stored } from '../../shared/src/history.ts';
import type { History } from '../../shared/src/protocol.ts';
import { answered, fitting } from './fitting.ts';

/** A seq drawn this long before a message above it, and not stored, was drawn by somebody who failed. */
const FENCE_AFTER_MS = 60_000;

type Page = Pick<History, 'items' | 'void' | 'from' | 'to' | 'more'>;
type Range = [from: number, to: number];

export interface Asked {
  /** Ascending, apart from each other. */
  ranges: Range[];
  limit: number;
  /** The last seq given: above it nothing can be stored, and nothing is void. */
  head: number;
}

/**
 * Speaks for every asked place up to `to`. Writes tombstones: at most `limit`, only into holes that lie in a range and
 * below a message sent a minute ago.
 */
export async function exactly(room: string, { ranges, limit, head }: Asked): Promise<Page> {
  const from = ranges[0]?.[0] ?? 1;
  const last = ranges.at(-1)?.[1] ?? from;
  const found: Found[] = [];
  let stop: number | undefined;
  for (const [low, upTo] of ranges) {
    const high = Math.min(upTo, head);
    if (low > high) break;
    if (found.length >= limit) {
      stop = found.at(-1)?.seq;
      break;
    }
    const { places, to } = await placesIn(room, [low, high], limit - found.length);
    found.push(...places);
    stop = to < high ? to : undefined;
    if (stop !== undefined) break;
  }
  const places = await Promise.all(
    found.map((place) => (place.hole === true ? fence(room, place.seq) : place)),
  );
  const fit = fitting(places);
  if (fit.length < places.length) stop = fit.at(-1)?.seq;
  return { ...answered(fit), from, to: stop ?? last, more: stop !== undefined };
}

/** `hole`: nothing is there, and nothing will come that a tombstone could not move elsewhere. */
type Found = Place & { hole?: true };

/** The first `limit` places of the range that are stored or can be fenced, and up to where that was looked into. */
async function placesIn(
  room: string,
  [low, high]: Range,
  limit: number,
): Promise<{ places: Found[]; to: number }> {
  const { places: there, cut } = await stored(room, { from: low, to: high, limit });
  const end = cut ? (there.at(-1)?.seq ?? high) : high;
  const below = await fenceable(room, there, [low, end]);
  const places: Found[] = [];
  let next = low;
  for (const place of [...there, { seq: end + 1 }]) {
    for (; next < Math.min(place.seq, below) && places.length < limit; next += 1)
      places.push({ seq: next, hole: true });
    if (places.length >= limit) break;
    if (place.seq <= end) places.push(place);
    next = place.seq + 1;
  }
  return { places, to: places.length >= limit ? (places.at(-1)?.seq ?? end) : end };
}

/** The seq below which every hole of the range may be fenced: that of the last message that is old enough. */
async function fenceable(room: string, there: Place[], [low, end]: Range): Promise<number> {
  const at = new Date(Date.now() - FENCE_AFTER_MS).toISOString();
  const old = there.findLast(({ message }) => message !== undefined && message.timestamp < at);
  const stored = new Set(there.map(({ seq }) => seq));
  let hole = end;
  while (stored.has(hole)) hole -= 1;
  if (hole < low || hole < (old?.seq ?? 0)) return old?.seq ?? 0;
  return (await isSentAbove(room, hole, at)) ? end + 1 : (old?.seq ?? 0);
}
