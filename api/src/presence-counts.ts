// How many people are in each room, for `pong`: one read for the many pings of one sandbox.

import { PRESENCE_LEASE_MS } from '../../shared/src/store/presence.ts';
import { readPresent } from './presence-events.ts';

/** Within a crowd everybody asks, and each asking reads the whole roster. */
const FRESH_MS = PRESENCE_LEASE_MS / 9;
const MOST_KEPT = 1_000;

const kept = new Map<string, { count: number; readMs: number }>();

export async function readPresenceCounts(rooms: string[]): Promise<{ [room: string]: number }> {
  const counts = rooms.map(async (room) => [room, await countOf(room)] as const);
  return Object.fromEntries(await Promise.all(counts));
}

async function countOf(room: string): Promise<number> {
  const known = kept.get(room);
  if (known !== undefined && Date.now() - known.readMs < FRESH_MS) return known.count;
  const readMs = Date.now();
  const { count } = await readPresent(room);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(room, { count, readMs });
  return count;
}
