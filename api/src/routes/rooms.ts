// rooms: the list of public rooms, a frame at a time.

import type { Rooms } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { readPublicRooms } from '../../../shared/src/store/rooms.ts';
import { fitting } from '../frame-budget.ts';

export const handler = routeHandler('rooms', async ({ action: _, ...among }) => {
  const { rooms, more } = await readPublicRooms(among, LIMITS.listedRooms);
  const answer: Rooms = { type: 'rooms', ...among, rooms: [], more: true };
  const listed = fitting(rooms, Buffer.byteLength(JSON.stringify(answer)));
  const isCut = more || listed.length < rooms.length;
  return { type: 'rooms', ...among, rooms: listed, ...(isCut ? { more: true } : {}) };
});
