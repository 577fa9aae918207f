// history: what was said in a room, backwards or at exact places.

import { mustUse } from '../../shared/src/access.ts';
import { type Connection, find } from '../../shared/src/connections.ts';
import { partnersOf } from '../../shared/src/direct.ts';
import { headsOf } from '../../shared/src/messages.ts';
import { LIMITS, LOBBY } from '../../shared/src/protocol.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { exactly } from './exactly.ts';
import { newest } from './newest.ts';

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

/** Asked after the read: what was read while the room was still the speaker's was numbered before any removal was answered. */
async function mustStillUse({ connectionId, userId }: Connection, room: string): Promise<void> {
  if (room === LOBBY || partnersOf(room) !== undefined) return;
  const subscriptions = (await find(connectionId))?.subscriptions ?? [];
  mustUse({ userId, subscriptions }, room);
}
