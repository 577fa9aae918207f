// history: what was said in a room, backwards or at exact places.

import { headsOf } from '../../shared/src/messages.ts';
import { LIMITS, Refused } from '../../shared/src/protocol.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { roomsAmong } from '../../shared/src/topics.ts';
import { exactly } from './exactly.ts';
import { newest } from './newest.ts';

export const handler = routeHandler('history', async (frame, { subscriptions }) => {
  const { room, before, ranges, limit = LIMITS.historyItems, n } = frame;
  if (!roomsAmong(subscriptions).includes(room)) throw new Refused('NotInRoom');
  const { head = 0, headAt } = (await headsOf([room])).get(room) ?? {};
  const answer =
    ranges === undefined
      ? await newest(room, { below: before ?? head + 1, limit })
      : await exactly(room, { ranges, limit, head, headAt });
  return { type: 'history', ...(n === undefined ? {} : { n }), room, ...answer, head };
});
