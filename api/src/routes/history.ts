// history: messages of a room, a page backwards or at exact places.

import { requireRoomUse } from '../../../shared/src/access.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { readRoomHeads } from '../../../shared/src/store/room-heads.ts';
import { readExactPlaces } from '../history/exact-places.ts';
import { readNewestPlaces } from '../history/newest-places.ts';
import { requireAccessStill } from '../membership/require-access.ts';

export const handler = routeHandler(
  'history',
  async (frame, speaker) => {
    const { room, before, ranges, limit = LIMITS.historyItems, n } = frame;
    const { head = 0, headAt } = (await readRoomHeads([room])).get(room) ?? {};
    const answer =
      ranges === undefined
        ? await readNewestPlaces(room, { below: before ?? head + 1, limit })
        : await readExactPlaces(room, { ranges, limit, head, headAt });
    await requireAccessStill(speaker, room);
    return { type: 'history', ...(n === undefined ? {} : { n }), room, ...answer, head };
  },
  ({ room }, speaker) => requireRoomUse(speaker, room),
);
