// A device joins a room that another device of its user has joined, but only while the user is still in it.

import { canJoinRoom, canUseRoom, roleOf } from '../../../shared/src/access.ts';
import type { Joined, Left } from '../../../shared/src/protocol/frames.ts';
import type { Connection } from '../../../shared/src/store/connections.ts';
import { readMemberships } from '../../../shared/src/store/memberships.ts';
import { readRoomHeads } from '../../../shared/src/store/room-heads.ts';
import { type RoomAccess, readRoomAccess } from '../../../shared/src/store/rooms.ts';
import { unsubscribe } from '../../../shared/src/store/subscriptions.ts';
import { roomTopic } from '../../../shared/src/topics.ts';
import { enterRooms, leaveRoomsAtOnce } from '../presence-events.ts';
import { subscribeToRoom } from './subscribe.ts';

/** Makes nothing and remembers nothing: what the bus told late must not undo a leave. */
export async function syncMembership(room: string, speaker: Connection): Promise<Joined | Left> {
  const { userId } = speaker;
  const left = { type: 'left', room, follow: true } as const;
  const standing = await mine(userId, room);
  if (standing === undefined) return left;
  const heard = await subscribeToRoom(speaker, standing);
  if (heard === undefined) return left;
  if (!canUseRoom(speaker, room)) await enterRooms(speaker, [room]);
  const head = (await readRoomHeads([room])).get(room)?.head ?? 0;
  // Subscribed first, asked again after: a leave or removal under way either finds the subscription, or is found here.
  if ((await mine(userId, room)) === undefined) {
    await unsubscribe(speaker, roomTopic(room), [heard]);
    await leaveRoomsAtOnce(speaker, [room]);
    return left;
  }
  return {
    type: 'joined',
    room,
    visibility: standing.visibility,
    role: roleOf(standing, userId),
    head,
  };
}

/** The room as its user finds it, if they are in it. */
async function mine(userId: string, room: string): Promise<RoomAccess | undefined> {
  const [{ rooms }, found] = await Promise.all([
    readMemberships(userId),
    readRoomAccess(userId, [room]),
  ]);
  const standing = found.get(room);
  return rooms.includes(room) && canJoinRoom(standing, userId) ? standing : undefined;
}
