// sendmessage: says on the bus that somebody said something. Its place in the room comes later, from the state machine.

import { createHash, randomUUID } from 'node:crypto';
import { publish } from '../../shared/src/bus.ts';
import { env } from '../../shared/src/env.ts';
import { LOBBY, Refused } from '../../shared/src/protocol.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { roomsAmong, roomTopic } from '../../shared/src/topics.ts';

const DAY_S = 24 * 60 * 60;
/** As long as an outbox keeps a message: after it, the same id would be a new message. */
const CLAIM_S = 7 * DAY_S;
const retentionS = Number(env('MESSAGE_RETENTION_DAYS')) * DAY_S;

export const handler = routeHandler('sendmessage', async (frame, speaker) => {
  const { messageId = randomUUID(), room = LOBBY, message } = frame;
  if (!roomsAmong(speaker.subscriptions).includes(room))
    throw new Refused('NotInRoom', { ref: messageId });
  const now = Date.now();
  const nowS = Math.floor(now / 1000);
  await publish('MessageSent', {
    messageId,
    room,
    topics: [roomTopic(room)],
    userId: speaker.userId,
    nickname: speaker.nickname,
    text: message,
    sentAt: new Date(now).toISOString(),
    bodyHash: createHash('sha256')
      .update(JSON.stringify([room, message]))
      .digest('base64url'),
    claimUntil: nowS + CLAIM_S,
    keepUntil: retentionS === 0 ? 0 : nowS + retentionS,
    connectionId: speaker.connectionId,
  });
  return speaker.protocol === 'plain' ? undefined : { type: 'accepted', messageId };
});
