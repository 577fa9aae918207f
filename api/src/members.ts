// members: who is in a room, and who was seen there last.

import { Refused } from '../../shared/src/protocol.ts';
import { lastSeenIn, MOST_MEMBERS, rosterOf } from '../../shared/src/roster.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { roomsAmong } from '../../shared/src/topics.ts';
import { fittingMembers } from './fitting-members.ts';

export const handler = routeHandler('members', async ({ room }, { subscriptions }) => {
  if (!roomsAmong(subscriptions).includes(room)) throw new Refused('NotInRoom');
  const [{ count, online }, seen] = await Promise.all([
    rosterOf(room),
    lastSeenIn(room, MOST_MEMBERS),
  ]);
  const here = new Set(online.map(({ userId }) => userId));
  const away = seen.filter(({ userId }) => !here.has(userId));
  const all = [...online, ...away];
  const members = fittingMembers(all);
  const more = members.length < all.length ? { more: true } : {};
  return { type: 'members', room, members, count, ...more };
});
