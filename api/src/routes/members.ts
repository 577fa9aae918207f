// members: the people in a room and those seen there last; of a private room only its present members.

import { requireRoomUse } from '../../../shared/src/access.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { listMembers } from '../membership/list-members.ts';

export const handler = routeHandler(
  'members',
  ({ room }, speaker) => listMembers(room, speaker),
  ({ room }, speaker) => requireRoomUse(speaker, room),
);
