// invite: lets a person join the room, and tells their devices. An invitation to a private room also waits for their next hello.

import { requireOwner, requireRoomUse } from '../../../shared/src/access.ts';
import { publish } from '../../../shared/src/bus.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { LOBBY } from '../../../shared/src/protocol/frames.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { directRoom } from '../../../shared/src/rules/direct-room.ts';
import { hasSpoken } from '../../../shared/src/store/conversations.ts';
import {
  createInvitation,
  readMemberships,
  takeInvitationToken,
} from '../../../shared/src/store/memberships.ts';
import { readNickname } from '../../../shared/src/store/nicknames.ts';
import { addMember, readRoomAccess } from '../../../shared/src/store/rooms.ts';

export const handler = routeHandler('invite', async ({ room, userId }, speaker) => {
  const standing = (await readRoomAccess(speaker.userId, [room])).get(room);
  // The lobby is everybody's before anybody has made it.
  if (room !== LOBBY && standing?.visibility !== 'public') requireOwner(standing, speaker.userId);
  requireRoomUse(speaker, room);
  if (userId === speaker.userId) throw new Refused('BadField', { field: 'userId' });

  // Whoever has said hello once goes by some name: others are none, and must not fill the table.
  if ((await readNickname(userId)) === undefined) throw new Refused('NoSuchUser');
  if (!(await takeInvitationToken(speaker.userId))) throw new Refused('TooManyInvitations');
  // A welcome tells it only where an owner answers for it: to a public room anybody may be asked by anybody.
  const isKept = standing?.visibility === 'private';
  // First what is bounded: a refusal leaves no membership behind.
  if (!(isKept && (await isIn(room, userId)))) {
    const by = speaker.userId;
    const isKnown = await hasSpoken(userId, directRoom(userId, by));
    if (!(await createInvitation(userId, { room, by, isKept, isKnown })))
      throw new Refused('TooManyInvitations');
  }
  if (isKept) await addMember(room, userId, 'member');
  await publish('MemberInvited', { room, userId, by: speaker.userId });
  return { type: 'invited', room, userId };
});

/** Whether the user is a member of the private room, and has joined it since. */
async function isIn(room: string, userId: string): Promise<boolean> {
  const [standing, { rooms }] = await Promise.all([
    readRoomAccess(userId, [room]).then((found) => found.get(room)),
    readMemberships(userId),
  ]);
  return standing?.role !== undefined && rooms.includes(room);
}
