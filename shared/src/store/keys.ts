// The keys of ConnectionsTable, all of them. docs/data-model.md says what stands under each.

import type { DynamoItem } from './dynamo.ts';

export interface Key extends DynamoItem {
  pk: { S: string };
  sk: { S: string };
}

/** What the sort keys of one user's rows begin with, by kind. */
export const JOINED_PREFIX = 'room#';
export const OWN_CONVERSATION_PREFIX = 'spoken#';
export const WAITING_CONVERSATION_PREFIX = 'asked#';
/** One row with all open invitations; rows from before have one each, behind this prefix. */
export const INVITED = 'invited';
export const INVITED_PREFIX = 'invited#';
export const MEMBER_PREFIX = 'member#';

/** All public rooms stand in one partition, so that they can be listed without a Scan. */
export const PUBLIC_ROOMS = { S: 'rooms' };

export const connectionKey = (connectionId: string) => ({
  pk: { S: `connection#${connectionId}` },
  sk: { S: 'connection' },
});

/** Where it stands that a connection is subscribed to a topic. */
export const subscriptionKey = (
  { topic, shard }: { topic: string; shard: number },
  connectionId: string,
) => ({ pk: { S: `topic#${topic}#${shard}` }, sk: { S: connectionId } });

/** Where a room's roster has the connection. */
export const rosterKey = (room: string, who: { userId: string; connectionId: string }) => ({
  pk: { S: `roster#${room}` },
  sk: { S: `${who.userId}#${who.connectionId}` },
});

/** What `presence-change` last announced of a user in a room. The state machine writes it. */
export const presenceKey = (room: string, userId: string) => ({
  pk: { S: `presence#${room}` },
  sk: { S: userId },
});

/** The count of a room that is too large to be read at each look. */
export const crowdKey = (room: string) => ({ pk: { S: `crowd#${room}` }, sk: { S: 'crowd' } });

export const sessionKey = (userId: string, clientId: string) => ({
  pk: { S: `client#${userId}#${clientId}` },
  sk: { S: 'client' },
});

export const roomKey = (room: string) => ({ pk: { S: `room#${room}` }, sk: { S: 'room' } });
export const memberKey = (room: string, userId: string) => ({
  pk: { S: `room#${room}` },
  sk: { S: MEMBER_PREFIX + userId },
});
export const publicRoomKey = (room: string) => ({ pk: PUBLIC_ROOMS, sk: { S: room } });
/** The room that has claimed a look (rules/lookalikes.ts), for good. */
export const lookKey = (look: string) => ({ pk: { S: `look#${look}` }, sk: { S: 'look' } });

/** The partition of everything that is one user's. */
export const userPartition = (userId: string) => userRowKey(userId, '').pk;
const userRowKey = (userId: string, sk: string) => ({ pk: { S: `user#${userId}` }, sk: { S: sk } });
export const membershipKey = (userId: string, room: string) =>
  userRowKey(userId, JOINED_PREFIX + room);
export const invitedKey = (userId: string) => userRowKey(userId, INVITED);
export const invitedRowKey = (userId: string, room: string) =>
  userRowKey(userId, INVITED_PREFIX + room);
/** That a conversation is the user's own, and under which day it is listed. */
export const conversationKey = (userId: string, room: string) =>
  userRowKey(userId, `direct#${room}`);
/** One of the two lists of conversations, by day. */
export const conversationDayKey = (userId: string, list: string, day: string, room: string) =>
  userRowKey(userId, `${list}${day}#${room}`);
export const userNicknameKey = (userId: string) => userRowKey(userId, 'nickname');
/** Counts of one day of UTC, `YYYY-MM-DD`. */
export const roomsMadeKey = (userId: string, day: string) => userRowKey(userId, `made#${day}`);
export const invitesMadeKey = (userId: string, day: string) => userRowKey(userId, `invites#${day}`);
/** Token buckets of one user. */
export const reserveKey = (userId: string) => userRowKey(userId, 'reserve');
export const renamesKey = (userId: string) => userRowKey(userId, 'renames');

/** Who has claimed a nickname, folded. */
export const nicknameKey = (folded: string) => ({
  pk: { S: `nickname#${folded}` },
  sk: { S: 'nickname' },
});

/** The token bucket of a room. */
export const roomRateKey = (room: string) => ({ pk: { S: `rate#${room}` }, sk: { S: 'rate' } });
/** Clients counted in an hour, `YYYY-MM-DDTHH`. */
export const reconnectsKey = (hour: string) => ({
  pk: { S: `arrivals#${hour}` },
  sk: { S: 'arrivals' },
});
/** Handshakes of one block of addresses in an hour, by digest. */
export const handshakesKey = (digest: string) => ({
  pk: { S: `handshakes#${digest}` },
  sk: { S: 'handshakes' },
});
