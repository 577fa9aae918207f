// remove: takes a member out of a private room. After the answer, nothing of the room reaches them.

import { requireOwner } from '../../../shared/src/access.ts';
import { publish } from '../../../shared/src/bus.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { removeMembership } from '../../../shared/src/store/memberships.ts';
import { readRoomAccess, removeMember } from '../../../shared/src/store/rooms.ts';
import { unsubscribeUser } from '../../../shared/src/store/subscriptions.ts';
import { roomTopic } from '../../../shared/src/topics.ts';
import { leaveRoomEverywhere } from '../presence-events.ts';

/** First the right, then what is heard by it: whoever hears anew in between asks for the right again, and finds none. */
export const handler = routeHandler('remove', async ({ room, userId }, speaker) => {
  requireOwner((await readRoomAccess(speaker.userId, [room])).get(room), speaker.userId);
  if (userId === speaker.userId) throw new Refused('BadField', { field: 'userId' });
  await removeMember(room, userId);
  await removeMembership(userId, room);
  await leaveRoomEverywhere(userId, await unsubscribeUser(userId, roomTopic(room)), room);
  await publish('MemberRemoved', { room, userId });
  return { type: 'removed', room, userId };
});
