// ping: answers with the last number and the count of people of each room. A plain client gets no answer.

import { routeHandler } from '../../../shared/src/route.ts';
import { readConversations } from '../../../shared/src/store/conversations.ts';
import { roomsOf } from '../../../shared/src/topics.ts';
import { fittingEntries } from '../frame-budget.ts';
import { readLastSeqs } from '../last-seqs.ts';
import { readPresenceCounts } from '../presence-counts.ts';
import { renewRosters } from '../presence-events.ts';

export const handler = routeHandler('ping', async ({ n }, speaker) => {
  if (speaker.protocol === 'plain') return undefined;
  const rooms = roomsOf(speaker.subscriptions);
  const [direct] = await Promise.all([
    readConversations(speaker.userId, false),
    renewRosters(speaker, rooms),
  ]);
  const told = [...rooms, ...direct.rooms];
  const [heads, present] = await Promise.all([readLastSeqs(told), readPresenceCounts(rooms)]);
  const now = new Date().toISOString();
  const pong = { type: 'pong', ...(n === undefined ? {} : { n }), now } as const;
  const full = { ...pong, heads: fittingEntries({ ...pong, heads: {}, present: {} }, heads) };
  return { ...full, present: fittingEntries({ ...full, present: {} }, present) };
});
