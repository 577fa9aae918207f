// members: who is in a room, and who was seen there last; of a private one only those who still may be.

import { requireRoomUse } from '../../../shared/src/access.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { listMembers } from '../membership/list-members.ts';

export const handler = routeHandler(
  'members',
  ({ room }, speaker) => listMembers(room, speaker),
  ({ room }, speaker) => requireRoomUse(speaker, room),
);
