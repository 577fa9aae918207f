// join: subscribes the connection to a room, now and after every hello to come.

import { canJoinRoom, roleOf } from '../../../shared/src/access.ts';
import { publish } from '../../../shared/src/bus.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { LOBBY } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { isReservedRoom } from '../../../shared/src/reserved-names.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { addMembership, readMemberships } from '../../../shared/src/store/memberships.ts';
import { readRoomHeads } from '../../../shared/src/store/room-heads.ts';
import { createRoom, type RoomAccess, readRoomAccess } from '../../../shared/src/store/rooms.ts';
import { renewRoom } from '../membership/resolve-rooms.ts';
import { rollbackJoin } from '../membership/rollback-join.ts';
import { subscribeToRoom } from '../membership/subscribe.ts';
import { syncMembership } from '../membership/sync-membership.ts';
import { enterJoinedRoom } from '../presence-events.ts';

export const handler = routeHandler('join', async (frame, speaker) => {
  const { room, create = false, visibility: wanted = 'public' } = frame;
  const { userId, nickname } = speaker;
  // Nobody leaves the lobby: whoever follows into it joins it.
  if (frame.follow === true && room !== LOBBY) return syncMembership(room, speaker);
  let standing = await standingOf(userId, room);
  if (standing === undefined && (create || room === LOBBY)) {
    if (room !== LOBBY && isReservedRoom(room)) throw new Refused('NoSuchRoom');
    const visibility = room === LOBBY ? 'public' : wanted;
    const createdBy = room === LOBBY ? '' : userId;
    const isMade = await createRoom({ room, title: room, visibility, createdBy });
    if (!isMade) throw new Refused('TooManyRooms');
    standing = await standingOf(userId, room);
  }
  if (!canJoinRoom(standing, userId)) throw new Refused('NoSuchRoom');
  const { visibility } = standing;
  const role = roleOf(standing, userId);

  const { rooms } = await readMemberships(userId);
  // Each hello brings the lobby by itself: it is nobody's belonging, and in no list.
  const isNew = room !== LOBBY && !rooms.includes(room);
  if (isNew && rooms.length >= LIMITS.rooms) throw new Refused('TooManyRooms');
  const heard = await subscribeToRoom(speaker, standing);
  if (heard === undefined) throw new Refused('NoSuchRoom');
  const askAgain = async () => {
    if (visibility === 'public' || canJoinRoom(await standingOf(userId, room), userId)) return;
    await rollbackJoin(speaker, [room], [heard]);
    throw new Refused('NoSuchRoom');
  };
  await enterJoinedRoom(speaker, room);
  if (isNew) await renewRoom(standing, userId);
  // Before it is told: the other devices ask whether it is so.
  if (isNew) await addMembership(userId, room);
  const head = (await readRoomHeads([room])).get(room)?.head ?? 0;
  // Written first, asked again after: a removal under way finds the roster entry and the belonging, or is found here.
  await askAgain();
  // Told though it is not new: the first try may have come no further than here.
  if (room !== LOBBY) await publish('RoomJoined', { room, visibility, role, userId, nickname });
  return { type: 'joined', room, visibility, role, head };
});

const standingOf = async (userId: string, room: string): Promise<RoomAccess | undefined> =>
  (await readRoomAccess(userId, [room])).get(room);
