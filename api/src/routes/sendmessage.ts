// sendmessage: puts a message on the bus. The state machine gives it its place in the room later.

import { createHash, randomUUID } from 'node:crypto';
import { requireRoomUse } from '../../../shared/src/access.ts';
import { publish } from '../../../shared/src/bus.ts';
import { env } from '../../../shared/src/env.ts';
import { CLAIM_DAYS } from '../../../shared/src/events.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { LOBBY, type SendMessage } from '../../../shared/src/protocol/frames.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { directPeers, directRoom } from '../../../shared/src/rules/direct-room.ts';
import { type Connection, isGuest } from '../../../shared/src/store/connections.ts';
import { takeRoomToken } from '../../../shared/src/store/room-rate.ts';
import { roomTopic, userTopic } from '../../../shared/src/topics.ts';
import { listDirectRoom } from '../direct-rooms.ts';

const DAY_S = 24 * 60 * 60;
const retentionS = Number(env('MESSAGE_RETENTION_DAYS')) * DAY_S;

/**
 * 16 characters, the same for the life of the connection. API Gateway's own id, with which a socket can be posted to and
 * ended, is in no message: not in its event, the archive of that, or its frame.
 */
export const senderTag = (connectionId: string): string =>
  createHash('sha256').update(`sender ${connectionId}`).digest('base64url').slice(0, 16);

export const handler = routeHandler(
  'sendmessage',
  async (frame, speaker) => {
    const { messageId = randomUUID(), to, message } = frame;
    const room = roomOf(frame, speaker);
    const users = directPeers(room);
    if (users === undefined && isGuest(speaker)) await takeRoomToken(room, messageId);
    if (to !== undefined) await listDirectRoom(speaker.userId, to, { room, ref: messageId });
    const now = Date.now();
    const nowS = Math.floor(now / 1000);
    await publish('MessageSent', {
      messageId,
      room,
      topics: users === undefined ? [roomTopic(room)] : users.map(userTopic),
      userId: speaker.userId,
      nickname: speaker.nickname,
      text: message,
      sentAt: new Date(now).toISOString(),
      bodyHash: createHash('sha256')
        .update(JSON.stringify([room, message]))
        .digest('base64url'),
      claimUntil: nowS + CLAIM_DAYS * DAY_S,
      keepUntil: retentionS === 0 ? 0 : nowS + retentionS,
      senderTag: senderTag(speaker.connectionId),
    });
    return speaker.protocol === 'plain' ? undefined : { type: 'accepted', messageId };
  },
  (frame, speaker) => {
    const ref = frame.messageId ?? null;
    if (frame.to === speaker.userId) throw new Refused('BadField', { ref, field: 'to' });
    requireRoomUse(speaker, roomOf(frame, speaker), ref);
  },
);

const roomOf = ({ room, to }: SendMessage, { userId }: Connection): string =>
  to === undefined ? (room ?? LOBBY) : directRoom(userId, to);
