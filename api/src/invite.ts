// invite: somebody may be in the room from now on, and hears so wherever they are connected, or at their next hello.

import { mayUse, mustOwn } from '../../shared/src/access.ts';
import { belongings, remember } from '../../shared/src/belongings.ts';
import { publish } from '../../shared/src/bus.ts';
import { LIMITS, Refused } from '../../shared/src/protocol.ts';
import { admit, standings } from '../../shared/src/rooms.ts';
import { routeHandler } from '../../shared/src/route.ts';

export const handler = routeHandler('invite', async ({ room, userId }, speaker) => {
  const standing = (await standings(speaker.userId, [room])).get(room);
  if (standing?.visibility !== 'public') mustOwn(standing, speaker.userId);
  else if (!mayUse(speaker, room)) throw new Refused('NotInRoom');

  const { rooms } = await belongings(userId);
  if (!rooms.includes(room) && rooms.length >= LIMITS.rooms) throw new Refused('TooManyRooms');
  if (standing.visibility === 'private') await admit(room, userId, 'member');
  await remember(userId, room);
  await publish('MemberInvited', { room, userId, by: speaker.userId });
  return { type: 'invited', room, userId };
});
