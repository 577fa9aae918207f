// rooms: which public rooms there are.

import { LIMITS } from '../../shared/src/protocol.ts';
import { publicRooms } from '../../shared/src/rooms.ts';
import { routeHandler } from '../../shared/src/route.ts';

export const handler = routeHandler('rooms', async () => ({
  type: 'rooms',
  rooms: await publicRooms(LIMITS.listedRooms),
}));
