// history: what was said in a room, backwards or at exact places.

import { mustUse } from '../../../shared/src/access.ts';
import { LIMITS } from '../../../shared/src/protocol.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { headsOf } from '../../../shared/src/store/room-heads.ts';
import { exactly } from '../history/exact-places.ts';
import { newest } from '../history/newest-places.ts';
import { mustStillUse } from '../membership/require-access.ts';

export const handler = routeHandler(
  'history',
  async (frame, speaker) => {
    const { room, before, ranges, limit = LIMITS.historyItems, n } = frame;
    const { head = 0, headAt } = (await headsOf([room])).get(room) ?? {};
    const answer =
      ranges === undefined
        ? await newest(room, { below: before ?? head + 1, limit })
        : await exactly(room, { ranges, limit, head, headAt });
    await mustStillUse(speaker, room);
    return { type: 'history', ...(n === undefined ? {} : { n }), room, ...answer, head };
  },
  ({ room }, speaker) => mustUse(speaker, room),
);
