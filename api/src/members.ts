// members: who is in a room, and who was seen there last; of a private one only those who still may be.

import { LIMITS, Refused } from '../../shared/src/protocol.ts';
import { membersOf, standings } from '../../shared/src/rooms.ts';
import { lastSeenIn } from '../../shared/src/roster.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { roomsAmong } from '../../shared/src/topics.ts';
import { fittingMembers } from './fitting-members.ts';
import { present } from './presence.ts';

export const handler = routeHandler('members', async ({ room }, { userId, subscriptions }) => {
  if (!roomsAmong(subscriptions).includes(room)) throw new Refused('NotInRoom');
  const [{ count, online, ghosts }, seen, found, inside] = await Promise.all([
    present(room),
    lastSeenIn(room),
    standings(userId, [room]),
    membersOf(room),
  ]);
  const here = new Set(online.map((one) => one.userId));
  const isCrowd = count > LIMITS.crowd;
  // The room is told in a moment; who asks shall know now.
  const lapsed = ghosts.map((one) => ({
    ...{ userId: one.userId, nickname: one.nickname, online: false, at: one.leaseUntil },
  }));
  const known = new Map([...seen, ...(isCrowd ? [] : lapsed)].map((one) => [one.userId, one]));
  // Whoever left a private room, or was removed from it, was seen there too.
  const isPrivate = found.get(room)?.visibility === 'private';
  const away = [...known.values()].filter(
    (one) => !here.has(one.userId) && (!isPrivate || inside.has(one.userId)),
  );
  const all = [...online, ...away.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, LIMITS.crowd)];
  const members = fittingMembers(all);
  const more = members.length < all.length ? { more: true } : {};
  return { type: 'members', room, members, count, ...more };
});
