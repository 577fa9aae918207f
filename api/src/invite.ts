// invite: somebody may join the room from now on, and hears so wherever they are connected; of a private one at their next hello too.

import { mustOwn, mustUse } from '../../shared/src/access.ts';
import { belongings, offer } from '../../shared/src/belongings.ts';
import { publish } from '../../shared/src/bus.ts';
import { nicknameOf } from '../../shared/src/nicknames.ts';
import { LOBBY, Refused } from '../../shared/src/protocol.ts';
import { admit, standings } from '../../shared/src/rooms.ts';
import { routeHandler } from '../../shared/src/route.ts';

export const handler = routeHandler('invite', async ({ room, userId }, speaker) => {
  const standing = (await standings(speaker.userId, [room])).get(room);
  // The lobby is everybody's before anybody has made it.
  if (room !== LOBBY && standing?.visibility !== 'public') mustOwn(standing, speaker.userId);
  mustUse(speaker, room);
  if (userId === speaker.userId) throw new Refused('BadField', { field: 'userId' });

  // Whoever has said hello once goes by some name: others are none, and must not fill the table.
  if ((await nicknameOf(userId)) === undefined) throw new Refused('NoSuchUser');
  // Kept only where an owner answers for it: to a public room anybody may be asked by anybody.
  if (standing?.visibility === 'private') {
    // Who is only now a member is not in it, whatever an earlier membership may have left to them.
    const isNew = await admit(room, userId, 'member');
    const isIn = !isNew && (await belongings(userId)).rooms.includes(room);
    if (!isIn) await offer(userId, { room, by: speaker.userId });
  }
  await publish('MemberInvited', { room, userId, by: speaker.userId });
  return { type: 'invited', room, userId };
});
