// invite: somebody may join the room from now on, and hears so wherever they are connected; of a private one at their next hello too.

import { mustOwn, mustUse } from '../../../shared/src/access.ts';
import { publish } from '../../../shared/src/bus.ts';
import { LOBBY, Refused } from '../../../shared/src/protocol.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { directRoom } from '../../../shared/src/rules/direct-room.ts';
import { hasSpoken } from '../../../shared/src/store/conversations.ts';
import { belongings, mayInvite, offer } from '../../../shared/src/store/memberships.ts';
import { nicknameOf } from '../../../shared/src/store/nicknames.ts';
import { admit, standings } from '../../../shared/src/store/rooms.ts';

export const handler = routeHandler('invite', async ({ room, userId }, speaker) => {
  const standing = (await standings(speaker.userId, [room])).get(room);
  // The lobby is everybody's before anybody has made it.
  if (room !== LOBBY && standing?.visibility !== 'public') mustOwn(standing, speaker.userId);
  mustUse(speaker, room);
  if (userId === speaker.userId) throw new Refused('BadField', { field: 'userId' });

  // Whoever has said hello once goes by some name: others are none, and must not fill the table.
  if ((await nicknameOf(userId)) === undefined) throw new Refused('NoSuchUser');
  if (!(await mayInvite(speaker.userId))) throw new Refused('TooManyInvitations');
  // A welcome tells it only where an owner answers for it: to a public room anybody may be asked by anybody.
  const isKept = standing?.visibility === 'private';
  // First what is bounded: a refusal leaves no membership behind.
  if (!(isKept && (await isIn(room, userId)))) {
    const by = speaker.userId;
    const isKnown = await hasSpoken(userId, directRoom(userId, by));
    if (!(await offer(userId, { room, by, isKept, isKnown })))
      throw new Refused('TooManyInvitations');
  }
  if (isKept) await admit(room, userId, 'member');
  await publish('MemberInvited', { room, userId, by: speaker.userId });
  return { type: 'invited', room, userId };
});

/** Whether the user is a member of the private room, and has joined it since. */
async function isIn(room: string, userId: string): Promise<boolean> {
  const [standing, { rooms }] = await Promise.all([
    standings(userId, [room]).then((found) => found.get(room)),
    belongings(userId),
  ]);
  return standing?.role !== undefined && rooms.includes(room);
}
