// typing: puts on the bus that a user is typing. A lost event is made good by the next.
// A stranger's is told to nobody: in a direct room only once both have spoken there, and without an error, since a page cannot know.

import { requireRoomUse } from '../../../shared/src/access.ts';
import { publishBestEffort } from '../../../shared/src/bus.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { directPeers } from '../../../shared/src/rules/direct-room.ts';
import { haveBothSpoken } from '../../../shared/src/store/conversations.ts';
import { roomTopic, userTopic } from '../../../shared/src/topics.ts';

/** A word that comes later than others come would be shown beside what it announced. */
const WORTH_MS = 6_000;

export const handler = routeHandler(
  'typing',
  async ({ room, on }, speaker) => {
    const { userId, nickname } = speaker;
    const partner = directPeers(room)?.find((user) => user !== userId);
    if (partner !== undefined && !(await haveBothSpoken(userId, partner, room))) return undefined;
    await publishBestEffort('Typing', {
      topics: [partner === undefined ? roomTopic(room) : userTopic(partner)],
      frame: { type: 'typing', room, userId, nickname, on },
      until: Date.now() + WORTH_MS,
    });
    return undefined;
  },
  ({ room }, speaker) => requireRoomUse(speaker, room),
);
