// Heads as the wire has them: up to where each room has been said.

import type { Heads } from '../../shared/src/protocol/frames.ts';
import { readRoomHeads } from '../../shared/src/store/room-heads.ts';

export async function readLastSeqs(rooms: string[]): Promise<Heads> {
  const heads = await readRoomHeads(rooms);
  return Object.fromEntries([...heads].map(([room, { head }]) => [room, head]));
}
