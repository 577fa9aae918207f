// The rooms of a hello: those that it names or those of its user, without the private rooms of others.

import { canJoinRoom, canUseRoom, privateRoles } from '../../../shared/src/access.ts';
import { type Invitation, LOBBY, type Role } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { isReservedRoom } from '../../../shared/src/reserved-names.ts';
import { directPeers, directRoom } from '../../../shared/src/rules/direct-room.ts';
import { readConversations, renewConversation } from '../../../shared/src/store/conversations.ts';
import {
  addMembership,
  readInvitations,
  readMemberships,
  renewMembership,
} from '../../../shared/src/store/memberships.ts';
import {
  addMember,
  claimRoomLook,
  createRoom,
  listPublicRoom,
  type RoomAccess,
  readRoomAccess,
  renewMember,
} from '../../../shared/src/store/rooms.ts';

export interface ResolvedRooms {
  /** To be subscribed to. */
  rooms: string[];
  /** Heard by the user's own topic. */
  direct: string[];
  /** Those of `rooms` that are private, which somebody may be removed from, and what the user is in them. */
  privateRooms: Map<string, Role>;
  /** All of the user's rooms; absent where rooms were named, and no others are wanted. */
  known?: string[];
  /** Those of `rooms` that come back at each hello, until the user leaves them on any device. */
  kept: string[];
  /** Told to whom names no rooms: who does wants no other. */
  invitations: Invitation[];
}

/**
 * Makes public rooms that are named and not there, up to 50 a day, if no other room looks like them; what is named is remembered, up to 50 rooms of a user. What
 * was kept for the user more than a month ago is kept for another year; conversations by a hello that names no rooms.
 */
export async function resolveRooms(
  userId: string,
  named: string[] | undefined,
): Promise<ResolvedRooms> {
  const [own, talks, waiting] = await Promise.all([
    readMemberships(userId),
    named === undefined ? readConversations(userId, true) : { rooms: [], own: [], stale: [] },
    named === undefined ? readInvitations(userId) : [],
  ]);
  const wanted = named?.filter((room) => directPeers(room) === undefined) ?? [
    ...new Set([LOBBY, ...own.rooms]),
  ];
  const others = wanted.filter((room) => room !== LOBBY);
  const found = await readRoomAccess(userId, others);
  const missing = others.filter((room) => !found.has(room) && !isReservedRoom(room));
  const made = { visibility: 'public', createdBy: userId } as const;
  if (named !== undefined)
    await Promise.all(missing.map((room) => createRoom({ room, title: room, ...made })));
  // Who was faster may have made it private.
  if (named !== undefined && missing.length > 0)
    for (const [room, standing] of await readRoomAccess(userId, missing)) found.set(room, standing);

  const rooms = wanted.filter((room) => room === LOBBY || canJoinRoom(found.get(room), userId));
  const joined = rooms
    .filter((room) => room !== LOBBY && !own.rooms.includes(room))
    .slice(0, LIMITS.rooms - own.rooms.length);
  // What was not looked for waits for a hello that does: its membership would lapse before it.
  const stale = own.stale.filter((room) => canJoinRoom(found.get(room), userId));
  await Promise.all([
    ...joined.map(async (room) => {
      await renewRoom(found.get(room), userId);
      await addMembership(userId, room);
    }),
    ...stale.map(async (room) => {
      await renewRoom(found.get(room), userId);
      await renewMembership(userId, room);
    }),
    ...talks.stale.map((room) => renewConversation(userId, room)),
  ]);
  return {
    rooms,
    direct: named?.filter((room) => canUseRoom({ userId, subscriptions: [] }, room)) ?? talks.rooms,
    ...(named === undefined ? { known: own.rooms } : {}),
    privateRooms: privateRoles(found, rooms, userId),
    kept: rooms.filter((room) => own.rooms.includes(room) || joined.includes(room)),
    invitations: toTell(waiting, userId, talks.own),
  };
}

/** As many as are told; first those by people whom the user has written to, so that no number of strangers hides them. */
function toTell(waiting: Invitation[], userId: string, own: string[]): Invitation[] {
  const isKnown = ({ by }: Invitation) => own.includes(directRoom(userId, by));
  const known = waiting.filter(isKnown).slice(0, LIMITS.invitations);
  const strangers = waiting.filter((one) => !isKnown(one));
  const told = [...known, ...strangers.slice(0, LIMITS.invitations - known.length)];
  return waiting.filter((one) => told.includes(one));
}

/**
 * A room in which somebody is stays in the list of rooms, or they stay its member, for another year; its maker is one again. One
 * from before rooms had claims claims its look, unless another has.
 */
export async function renewRoom(standing: RoomAccess | undefined, userId: string): Promise<void> {
  if (standing?.isClaimed === false) await claimRoomLook(standing.room);
  if (standing?.visibility === 'public') await listPublicRoom(standing);
  else if (standing?.role !== undefined) await renewMember(standing.room, userId);
  else if (standing?.createdBy === userId) await addMember(standing.room, userId, 'owner');
}
