// The last number of each room, as `welcome` and `pong` carry it.

import type { Heads } from '../../shared/src/protocol/frames.ts';
import { readRoomHeads } from '../../shared/src/store/room-heads.ts';

export async function readLastSeqs(rooms: string[]): Promise<Heads> {
  const heads = await readRoomHeads(rooms);
  return Object.fromEntries([...heads].map(([room, { head }]) => [room, head]));
}
