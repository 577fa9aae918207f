// Who is here already, as `welcome` tells it: as much as fits, the rest is asked for.

import type { Member } from '../../shared/src/protocol.ts';
import { present } from './presence.ts';

/** Rosters to read at one hello. */
const MOST_ROOMS = 5;
/** Beside them a welcome holds 50 heads with names of 64 code points, below 28 KB in all. */
const MOST_BYTES = 8_000;

export async function readHere(rooms: string[]): Promise<{ [room: string]: Member[] }> {
  const read = rooms.slice(0, MOST_ROOMS).map(async (room) => ({ room, ...(await present(room)) }));
  const here: { [room: string]: Member[] } = {};
  let bytes = 0;
  for (const { room, count, online } of await Promise.all(read)) {
    bytes += Buffer.byteLength(JSON.stringify(online));
    if (bytes <= MOST_BYTES && online.length === count) here[room] = online;
  }
  return here;
}
