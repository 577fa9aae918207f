// leave: unsubscribes every connection of the user from a room. Nobody leaves the lobby: each hello would bring it back.

import { publish } from '../../../shared/src/bus.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { LOBBY } from '../../../shared/src/protocol/frames.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { removeMembership } from '../../../shared/src/store/memberships.ts';
import { removeMember } from '../../../shared/src/store/rooms.ts';
import { unsubscribeUser } from '../../../shared/src/store/subscriptions.ts';
import { roomTopic } from '../../../shared/src/topics.ts';
import { leaveRoomEverywhere } from '../presence-events.ts';

export const handler = routeHandler('leave', async ({ room }, { userId }) => {
  if (room === LOBBY) throw new Refused('Forbidden');
  await removeMember(room, userId);
  await removeMembership(userId, room);
  await leaveRoomEverywhere(userId, await unsubscribeUser(userId, roomTopic(room)), room);
  await publish('RoomLeft', { room, userId });
  return { type: 'left', room };
});
