// Presence in `welcome`: the people of the first rooms, where all of them have names.

import type { Welcome } from '../../../shared/src/protocol/frames.ts';
import { readPresent } from '../presence-events.ts';

/** Rosters to read at one hello. */
const MOST_ROOMS = 5;

export async function readRoomPresence(rooms: string[]): Promise<Welcome['here']> {
  const read = rooms
    .slice(0, MOST_ROOMS)
    .map(async (room) => ({ room, ...(await readPresent(room)) }));
  const all = (await Promise.all(read)).filter(({ count, online }) => online.length === count);
  return Object.fromEntries(all.map(({ room, online }) => [room, online]));
}
