// members: who is in a room, and who was seen there last.

import { LIMITS, Refused } from '../../shared/src/protocol.ts';
import { lastSeenIn } from '../../shared/src/roster.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { roomsAmong } from '../../shared/src/topics.ts';
import { fittingMembers } from './fitting-members.ts';
import { present } from './presence.ts';

export const handler = routeHandler('members', async ({ room }, { subscriptions }) => {
  if (!roomsAmong(subscriptions).includes(room)) throw new Refused('NotInRoom');
  const [{ count, online, ghosts }, seen] = await Promise.all([
    present(room),
    lastSeenIn(room, LIMITS.crowd),
  ]);
  const here = new Set(online.map(({ userId }) => userId));
  const isCrowd = count > LIMITS.crowd;
  // The room is told in a moment; who asks shall know now.
  const lapsed = ghosts.map(({ userId, nickname, leaseUntil }) => ({
    ...{ userId, nickname, online: false, at: leaseUntil },
  }));
  const known = new Map([...seen, ...(isCrowd ? [] : lapsed)].map((one) => [one.userId, one]));
  const away = [...known.values()].filter(({ userId }) => !here.has(userId));
  const all = [...online, ...away.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, LIMITS.crowd)];
  const members = fittingMembers(all);
  const more = members.length < all.length ? { more: true } : {};
  return { type: 'members', room, members, count, ...more };
});
