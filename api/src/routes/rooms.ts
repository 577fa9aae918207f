// rooms: which public rooms there are, a frame at a time.

import { LIMITS, type Rooms } from '../../../shared/src/protocol.ts';
import { publicRooms } from '../../../shared/src/rooms.ts';
import { routeHandler } from '../../../shared/src/route.ts';

export const handler = routeHandler('rooms', async ({ action: _, ...among }) => {
  const { rooms, more } = await publicRooms(among, LIMITS.listedRooms);
  return fitting({ type: 'rooms', ...among, rooms, ...(more ? { more } : {}) });
});

/** As many rooms as fit, from the first on: who asks on after the last of them misses none. */
function fitting(answer: Rooms): Rooms {
  let bytes = Buffer.byteLength(JSON.stringify({ ...answer, rooms: [], more: true }));
  const over = answer.rooms.findIndex((room) => {
    bytes += Buffer.byteLength(JSON.stringify(room)) + ','.length;
    return bytes > LIMITS.answerBytes;
  });
  return over === -1 ? answer : { ...answer, rooms: answer.rooms.slice(0, over), more: true };
}
