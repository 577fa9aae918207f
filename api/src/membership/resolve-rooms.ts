// Which rooms a hello may hear: those it names or those of its user, without the private ones of others.

import { mayHear, mayUse, rolesIn } from '../../../shared/src/access.ts';
import { type Invitation, LIMITS, LOBBY, type Role } from '../../../shared/src/protocol.ts';
import { isReservedRoom } from '../../../shared/src/reserved-names.ts';
import { directRoom, partnersOf } from '../../../shared/src/rules/direct-room.ts';
import { conversations, renewConversation } from '../../../shared/src/store/conversations.ts';
import { belongings, invitations, remember, renew } from '../../../shared/src/store/memberships.ts';
import {
  admit,
  claimLook,
  enlist,
  keepMember,
  makeRoom,
  type Standing,
  standings,
} from '../../../shared/src/store/rooms.ts';

export interface Hearing {
  /** To be subscribed to. */
  rooms: string[];
  /** Heard by the user's own topic. */
  direct: string[];
  /** Those of `rooms` that are private, which somebody may be removed from, and what the user is in them. */
  closed: Map<string, Role>;
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
export async function hearingOf(userId: string, named: string[] | undefined): Promise<Hearing> {
  const [own, talks, waiting] = await Promise.all([
    belongings(userId),
    named === undefined ? conversations(userId, true) : { rooms: [], own: [], stale: [] },
    named === undefined ? invitations(userId) : [],
  ]);
  const wanted = named?.filter((room) => partnersOf(room) === undefined) ?? [
    ...new Set([LOBBY, ...own.rooms]),
  ];
  const others = wanted.filter((room) => room !== LOBBY);
  const found = await standings(userId, others);
  const missing = others.filter((room) => !found.has(room) && !isReservedRoom(room));
  const made = { visibility: 'public', createdBy: userId } as const;
  if (named !== undefined)
    await Promise.all(missing.map((room) => makeRoom({ room, title: room, ...made })));
  // Who was faster may have made it private.
  if (named !== undefined && missing.length > 0)
    for (const [room, standing] of await standings(userId, missing)) found.set(room, standing);

  const rooms = wanted.filter((room) => room === LOBBY || mayHear(found.get(room), userId));
  const joined = rooms
    .filter((room) => room !== LOBBY && !own.rooms.includes(room))
    .slice(0, LIMITS.rooms - own.rooms.length);
  // What was not looked for waits for a hello that does: its membership would lapse before it.
  const stale = own.stale.filter((room) => mayHear(found.get(room), userId));
  await Promise.all([
    ...joined.map(async (room) => {
      await keepUp(found.get(room), userId);
      await remember(userId, room);
    }),
    ...stale.map(async (room) => {
      await keepUp(found.get(room), userId);
      await renew(userId, room);
    }),
    ...talks.stale.map((room) => renewConversation(userId, room)),
  ]);
  return {
    rooms,
    direct: named?.filter((room) => mayUse({ userId, subscriptions: [] }, room)) ?? talks.rooms,
    ...(named === undefined ? { known: own.rooms } : {}),
    closed: rolesIn(found, rooms, userId),
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
export async function keepUp(standing: Standing | undefined, userId: string): Promise<void> {
  if (standing?.isClaimed === false) await claimLook(standing.room);
  if (standing?.visibility === 'public') await enlist(standing);
  else if (standing?.role !== undefined) await keepMember(standing.room, userId);
  else if (standing?.createdBy === userId) await admit(standing.room, userId, 'owner');
}
