// Exact places of a room. A place that may still get its message is left out; one that never will gets a tombstone, and is called void.

import type { History } from '../../../shared/src/protocol/frames.ts';
import { type LogEntry, putTombstone, readNearest } from '../../../shared/src/store/message-log.ts';
import { fittingPlaces, pageOf } from '../frame-budget.ts';
import { createReadBudget, type ReadBudget } from './read-budget.ts';
import { readInSteps } from './read-in-steps.ts';

/** A seq drawn so long ago, and not stored, was drawn by somebody who failed or is very late. */
const FENCE_AFTER_MS = 60_000;

type Page = Pick<History, 'items' | 'void' | 'from' | 'to' | 'more'>;
type Range = [from: number, to: number];

export interface ExactQuestion {
  /** Ascending, apart from each other. */
  ranges: Range[];
  limit: number;
  /** The last seq given: above it nothing can be stored, and nothing is void. */
  head: number;
  /** When that was, ISO 8601; undefined where the head does not tell. */
  headAt?: string | undefined;
}

/**
 * Speaks for every asked place up to `to`. Writes tombstones: at most `limit`, only into holes that lie in a range and
 * below a message sent a minute ago, or anywhere up to a head that was given a minute ago.
 */
export async function readExactPlaces(room: string, asked: ExactQuestion): Promise<Page> {
  const { ranges, limit, head, headAt } = asked;
  const reading = createReadBudget(room);
  const above: Above = { room, head, reading, isStill: isOld(headAt) };
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
    const { places, to } = await placesIn([low, high], limit - found.length, above);
    found.push(...places);
    stop = to < high ? to : undefined;
    if (stop !== undefined) break;
  }
  const places = await Promise.all(
    found.map((place) => (place.hole === true ? putTombstone(room, place.seq) : place)),
  );
  const fit = fittingPlaces(places);
  reading.end(fit);
  if (fit.length < places.length) stop = fit.at(-1)?.seq;
  return { ...pageOf(fit), from, to: stop ?? last, more: stop !== undefined };
}

/** `hole`: nothing is there, and nothing will come that a tombstone could not move elsewhere. */
type Found = LogEntry & { hole?: true };

/** What one answer knows of what lies above its ranges. Ranges ascend, so what an earlier one found holds for the later. */
interface Above {
  room: string;
  head: number;
  reading: ReadBudget;
  /** Nothing has been given a number for a minute: every hole is old. */
  isStill: boolean;
  /** A place that is old: every hole below it is. */
  old?: number;
}

/** The first `limit` places of the range that are stored or can be fenced, and up to where that was looked into. */
async function placesIn(
  [low, high]: Range,
  limit: number,
  above: Above,
): Promise<{ places: Found[]; to: number }> {
  const wanted = { from: low, to: high, limit };
  const { places: there, cut } = await readInSteps(above.room, wanted, above.reading);
  const end = cut ? (there.at(-1)?.seq ?? low - 1) : high;
  const below = above.isStill ? end + 1 : await fenceable(there, [low, end], above);
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

const isOld = (at: string | undefined): boolean =>
  at !== undefined && Date.parse(at) < Date.now() - FENCE_AFTER_MS;

/** Seqs are drawn in order, and a tombstone is put only where a minute has passed since the seq was drawn. So all below it are old, too. */
const isOldPlace = (sentAt: string | undefined): boolean => sentAt === undefined || isOld(sentAt);

/**
 * The seq below which every hole of the range may be fenced: that of the last place that is old enough. Of the places
 * above the last hole only the nearest is asked for its age: those above it are younger still.
 */
async function fenceable(there: LogEntry[], [low, end]: Range, above: Above): Promise<number> {
  const lastOld = there.findLast(({ message }) => isOldPlace(message?.timestamp))?.seq ?? 0;
  const stored = new Set(there.map(({ seq }) => seq));
  let hole = end;
  while (stored.has(hole)) hole -= 1;
  const isProven = hole < low || hole < lastOld;
  if (isProven || there.some(({ seq }) => seq > hole)) return lastOld;
  return (await isOldAbove(end, above)) ? end + 1 : lastOld;
}

/** Whether the nearest place above `seq` is old. Without one it is not known. */
async function isOldAbove(seq: number, above: Above): Promise<boolean> {
  const { room, head, reading, old = 0 } = above;
  if (old > seq) return true;
  if (seq >= head || !reading.mayLook()) return false;
  const next = await readNearest(room, { from: seq + 1, to: head });
  if (next === undefined || !isOldPlace(next.sentAt)) return false;
  above.old = next.seq;
  return true;
}
