// The members of a room: present ones, then those seen last. Of a private room only current members.

import type { Member, Members } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import type { Connection } from '../../../shared/src/store/connections.ts';
import {
  type LastSeenPage,
  readLastSeen,
  readLastSeenOf,
} from '../../../shared/src/store/presence.ts';
import { filterMembers, readMemberIds, readRoomAccess } from '../../../shared/src/store/rooms.ts';
import { fitting } from '../frame-budget.ts';
import { readPresent } from '../presence-events.ts';
import { requireAccessStill } from './require-access.ts';

/** Rows of those seen last that are read at a time: few are away in most rooms. */
const SEEN_STEP = 50;
/** Rows of a private room's members that are read at a time. */
const MEMBERS_STEP = 25;
/** Reading goes on where one row in so many is told of: of a crowd nearly all are here, and named nowhere. */
const WORTH = 4;
/** Rows that are looked up one by one, at half a unit each: so many at a time, and so many in all. */
const LOOK_STEP = 6;
const LOOKS = 12;

/** The answer to `members`. Throws `NotInRoom` where the speaker left the private room while it was read. */
export async function listMembers(room: string, speaker: Connection): Promise<Members> {
  const { userId } = speaker;
  const [{ count, online, ghosts }, seen, found] = await Promise.all([
    readPresent(room),
    readLastSeen(room, { most: SEEN_STEP }),
    readRoomAccess(userId, [room]),
  ]);
  const here = new Set(online.map((one) => one.userId));
  const isCrowd = count > LIMITS.crowd;
  // The room is told in a moment; who asks shall know now.
  const lapsed = (isCrowd ? [] : ghosts).map((one) => ({
    ...{ userId: one.userId, nickname: one.nickname, online: false, at: one.leaseUntil },
  }));
  // Whoever left a private room, or was removed from it, was seen there too.
  const isPrivate = found.get(room)?.visibility === 'private';
  const last = isPrivate
    ? await membersAway(room, { ...seen, away: [...seen.away, ...lapsed] }, here)
    : { away: [...(await seenBefore(room, seen, here)), ...lapsed], isCut: false };
  if (isPrivate) await requireAccessStill(speaker, room);
  const known = new Map(last.away.map((one) => [one.userId, one]));
  const away = [...known.values()]
    .filter((one) => !here.has(one.userId))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  const all = [...online, ...away.slice(0, LIMITS.crowd)];
  const members = fitting(all);
  const more = members.length < all.length || last.isCut ? { more: true } : {};
  return { type: 'members', room, members, count, ...more };
}

/** Those seen last from the latest on, a hundred who are not `here` or so, as long as reading on is worth it. */
async function seenBefore(room: string, first: LastSeenPage, here: Set<string>): Promise<Member[]> {
  const away = [...first.away];
  // Who is here is told as well, so reading their rows is not in vain.
  let told = first.away.length + here.size;
  let { read, next } = first;
  while (next !== undefined && away.length < LIMITS.crowd && told * WORTH >= read) {
    const seen: LastSeenPage = await readLastSeen(room, { most: SEEN_STEP, from: next });
    away.push(...seen.away);
    told += seen.away.length;
    read += seen.read;
    next = seen.next;
  }
  return away;
}

/** The members of a private room who are not `here`. `isCut`: there may be others, and to look for them is not worth it. */
async function membersAway(
  room: string,
  { away, next }: LastSeenPage,
  here: Set<string>,
): Promise<{ away: Member[]; isCut: boolean }> {
  const told = new Set([...here, ...away.map(({ userId }) => userId)]);
  const { members, isWhole } = await membersRead(room, told);
  const seen = away.filter(({ userId }) => members.has(userId));
  if (isWhole && next === undefined) return { away: seen, isCut: false };
  if (isWhole) {
    const hidden = [...members].filter((userId) => !told.has(userId));
    const found = await whileWorth(hidden, (some) => readLastSeenOf(room, some));
    return { away: [...seen, ...found.found], isCut: found.isCut };
  }
  const unknown = away.filter(({ userId }) => !members.has(userId));
  const { found } = await whileWorth(unknown, async (some) => {
    const inside = await filterMembers(
      room,
      some.map(({ userId }) => userId),
    );
    return some.filter(({ userId }) => inside.has(userId));
  });
  return { away: [...seen, ...found], isCut: true };
}

/** Who is a member of a private room, by name, as long as enough of them are told of. */
async function membersRead(
  room: string,
  told: Set<string>,
): Promise<{ members: Set<string>; isWhole: boolean }> {
  const members = new Set<string>();
  let after: string | undefined;
  let known = 0;
  for (let read = 0; known * WORTH >= read; read += MEMBERS_STEP) {
    const step = await readMemberIds(room, { most: MEMBERS_STEP, after });
    for (const userId of step.members) {
      members.add(userId);
      if (told.has(userId)) known += 1;
    }
    after = step.next;
    if (after === undefined) return { members, isWhole: true };
  }
  return { members, isWhole: false };
}

/** What `look` finds of all of them, some at a time, until too few are found or it has looked often enough. */
async function whileWorth<T, Found>(
  all: T[],
  look: (some: T[]) => Promise<Found[]>,
): Promise<{ found: Found[]; isCut: boolean }> {
  const found: Found[] = [];
  for (let at = 0; at < all.length; at += LOOK_STEP) {
    if (at >= LOOKS || found.length * WORTH < at) return { found, isCut: true };
    found.push(...(await look(all.slice(at, at + LOOK_STEP))));
  }
  return { found, isCut: false };
}
