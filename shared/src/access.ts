// Who may join, read and write a room. Every route decides it here.

import { Refused } from './protocol/errors.ts';
import type { Role } from './protocol/frames.ts';
import { directPeers } from './rules/direct-room.ts';
import type { Connection } from './store/connections.ts';
import type { RoomAccess } from './store/rooms.ts';
import { roomsOf } from './topics.ts';

type Speaker = Pick<Connection, 'userId' | 'subscriptions'>;

/**
 * Whether a speaker may read and write the room: one of its two users in a direct room, whoever hears it in any other.
 * What a connection hears is written only where `canJoinRoom` said so, and taken from it before a removal is answered.
 */
export function canUseRoom({ userId, subscriptions }: Speaker, room: string): boolean {
  const partners = directPeers(room);
  return partners === undefined ? roomsOf(subscriptions).includes(room) : partners.includes(userId);
}

/** Throws `NotInRoom`, for a room that is there as for one that is not. */
export function requireRoomUse(speaker: Speaker, room: string, ref: string | null = null): void {
  if (!canUseRoom(speaker, room)) throw new Refused('NotInRoom', { ref });
}

/** Whether a user may hear a room: anybody a public one, its members a private one, and its maker at any time. */
export const canJoinRoom = (
  standing: RoomAccess | undefined,
  userId: string,
): standing is RoomAccess =>
  standing !== undefined &&
  (standing.visibility === 'public' ||
    standing.role !== undefined ||
    standing.createdBy === userId);

/** What a user who may hear the room is in it. A private one is its maker's; of a public one everybody is a member. */
export const roleOf = ({ visibility, createdBy }: RoomAccess, userId: string): Role =>
  visibility === 'private' && createdBy === userId ? 'owner' : 'member';

/** Those of `rooms` that are private, and what a user who may hear them is in them. */
export const privateRoles = (
  found: Map<string, RoomAccess>,
  rooms: string[],
  userId: string,
): Map<string, Role> =>
  new Map(
    rooms.flatMap((room) => {
      const standing = found.get(room);
      return standing?.visibility === 'private' ? [[room, roleOf(standing, userId)]] : [];
    }),
  );

/** Throws `NoSuchRoom` to whom a private room is not told, `Forbidden` to a member who is not its owner. */
export function requireOwner(
  standing: RoomAccess | undefined,
  userId: string,
): asserts standing is RoomAccess {
  if (!canJoinRoom(standing, userId)) throw new Refused('NoSuchRoom');
  if (roleOf(standing, userId) !== 'owner') throw new Refused('Forbidden');
}
