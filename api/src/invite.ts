// invite: somebody may be in the room from now on, and hears so wherever they are connected, or at their next hello.

import { mayUse, mustOwn } from '../../shared/src/access.ts';
import { belongings, remember } from '../../shared/src/belongings.ts';
import { publish } from '../../shared/src/bus.ts';
import { nicknameOf } from '../../shared/src/nicknames.ts';
import { LIMITS, Refused } from '../../shared/src/protocol.ts';
import { admit, standings } from '../../shared/src/rooms.ts';
import { routeHandler } from '../../shared/src/route.ts';

export const handler = routeHandler('invite', async ({ room, userId }, speaker) => {
  const standing = (await standings(speaker.userId, [room])).get(room);
  if (standing?.visibility !== 'public') mustOwn(standing, speaker.userId);
  else if (!mayUse(speaker, room)) throw new Refused('NotInRoom');

  // Whoever has said hello once goes by some name: others are none, and must not fill the table.
  if ((await nicknameOf(userId)) === undefined) throw new Refused('NoSuchUser');
  const { rooms } = await belongings(userId);
  if (!rooms.includes(room) && rooms.length >= LIMITS.rooms) throw new Refused('TooManyRooms');
  if (standing.visibility === 'private') await admit(room, userId, 'member');
  await remember(userId, room);
  await publish('MemberInvited', { room, userId, by: speaker.userId });
  return { type: 'invited', room, userId };
});
