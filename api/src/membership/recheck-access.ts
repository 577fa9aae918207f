// What changed since a hello read the rooms of its user: rooms that were left or joined meanwhile.

import { canJoinRoom, privateRoles } from '../../../shared/src/access.ts';
import type { Role } from '../../../shared/src/protocol/frames.ts';
import { readMemberships } from '../../../shared/src/store/memberships.ts';
import { readRoomAccess } from '../../../shared/src/store/rooms.ts';
import type { ResolvedRooms } from './resolve-rooms.ts';

interface Asked extends Pick<ResolvedRooms, 'kept' | 'known'> {
  /** Private rooms that the connection hears. */
  closed: string[];
}

export interface AccessChanges {
  /** Those that the user has left since, or was removed from. */
  gone: string[];
  /** Those that another device of the user has joined since, and they may hear. */
  gained: string[];
  /** Those of `gained` that are private, and what the user is in them. */
  roles: Map<string, Role>;
}

/** To be asked once the connection hears its user's topic: what is joined after it is told there. */
export async function recheckAccess(
  userId: string,
  { closed, kept, known }: Asked,
): Promise<AccessChanges> {
  const [own, found] = await Promise.all([
    kept.length === 0 && known === undefined
      ? ([] as string[])
      : readMemberships(userId).then(({ rooms }) => rooms),
    readRoomAccess(userId, closed),
  ]);
  const left = kept.filter((room) => !own.includes(room));
  const removed = closed.filter((room) => !canJoinRoom(found.get(room), userId));
  const joined = known === undefined ? [] : own.filter((room) => !known.includes(room));
  const open = await readRoomAccess(userId, joined);
  const gained = joined.filter((room) => canJoinRoom(open.get(room), userId));
  return {
    gone: [...new Set([...left, ...removed])],
    gained,
    roles: privateRoles(open, gained, userId),
  };
}
