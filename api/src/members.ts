// members: who is in a room, and who was seen there last; of a private one only those who still may be.

import { LIMITS, type Member, Refused } from '../../shared/src/protocol.ts';
import { membersAmong, standings } from '../../shared/src/rooms.ts';
import { lastSeenIn } from '../../shared/src/roster.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { roomsAmong } from '../../shared/src/topics.ts';
import { fittingMembers } from './fitting-members.ts';
import { present } from './presence.ts';

export const handler = routeHandler('members', async ({ room }, { userId, subscriptions }) => {
  if (!roomsAmong(subscriptions).includes(room)) throw new Refused('NotInRoom');
  const [{ count, online, ghosts }, seen, found] = await Promise.all([
    present(room),
    lastSeenIn(room, LIMITS.crowd),
    standings(userId, [room]),
  ]);
  const here = new Set(online.map(({ userId }) => userId));
  const isCrowd = count > LIMITS.crowd;
  // The room is told in a moment; who asks shall know now.
  const lapsed = ghosts.map(({ userId, nickname, leaseUntil }) => ({
    ...{ userId, nickname, online: false, at: leaseUntil },
  }));
  const known = new Map([...seen, ...(isCrowd ? [] : lapsed)].map((one) => [one.userId, one]));
  const absent = [...known.values()].filter(({ userId }) => !here.has(userId));
  const isPrivate = found.get(room)?.visibility === 'private';
  const away = isPrivate ? await stillIn(room, absent) : absent;
  const all = [...online, ...away.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, LIMITS.crowd)];
  const members = fittingMembers(all);
  const more = members.length < all.length ? { more: true } : {};
  return { type: 'members', room, members, count, ...more };
});

/** Whoever left, or was removed, was seen there too. */
async function stillIn(room: string, people: Member[]): Promise<Member[]> {
  const inside = await membersAmong(
    room,
    people.map(({ userId }) => userId),
  );
  return people.filter(({ userId }) => inside.has(userId));
}
