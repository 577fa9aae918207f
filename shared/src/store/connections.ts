// The store of connections: who is connected, and to which topics each connection is subscribed.

import {
  type AttributeValue,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Refused } from '../protocol/errors.ts';
import { roomsOf } from '../topics.ts';
import {
  batchWrite,
  deleteRequest,
  dynamo,
  isWritten,
  putRequest,
  CONNECTIONS_TABLE as TableName,
} from './dynamo.ts';
import { connectionKey, rosterKey, subscriptionKey } from './keys.ts';

/** API Gateway cuts at two hours; a row that outlives its socket by these minutes costs one 410. */
export const CONNECTION_LIFE_S = 2 * 60 * 60 + 10 * 60;
/** A plain client is heard of before its handshake ends, and until then @connections answers 410 for it. */
const HANDSHAKE_S = 10;
/** So many connections that have gone are removed side by side. */
const SIDE_BY_SIDE = 25;

export type Protocol = 'v1' | 'plain';

export interface Subscription {
  /** `room:<room>` or `user:<userId>`. */
  topic: string;
  /** The partition of the topic this connection is in. */
  shard: number;
}

export interface Connection {
  connectionId: string;
  userId: string;
  nickname: string;
  protocol: Protocol;
  /** Which client it belongs to, once it has said hello. */
  clientId?: string;
  subscriptions: Subscription[];
  /** Until when it may speak and hear, epoch seconds; 0 before the hello of a stack that wants tokens, absent for guests. */
  authExpiresAt?: number;
  /** When it last said hello, epoch milliseconds; absent before the first. */
  greetedAt?: number;
  /** How often its row was written anew; absent before the first time. */
  revision?: number;
  /** When its bucket of tokens is full, epoch milliseconds (frame-rate.ts); absent before its first frame. */
  fullAt?: number;
}

export interface SubscriberPage {
  connectionIds: string[];
  /** Pass it back for the next page; absent on the last. */
  next?: string;
}

const now = () => Math.floor(Date.now() / 1000);
const nameOf = ({ topic, shard }: Subscription) => `${topic}#${shard}`;

/** When what somebody hears ends, epoch seconds: with their token, or with the life of their connection. */
export const subscribedUntil = (
  { authExpiresAt = Number.POSITIVE_INFINITY }: Pick<Connection, 'authExpiresAt'>,
  expiresAt = now() + CONNECTION_LIFE_S,
): number => Math.min(authExpiresAt, expiresAt);

/** Whether its token has expired: it may say hello, and nothing else. */
export const isAuthExpired = ({ authExpiresAt }: Connection): boolean =>
  authExpiresAt !== undefined && authExpiresAt <= now();

/** Whether its user is a guest or a plain client: nobody who signed in. */
export const isGuest = ({ authExpiresAt }: Connection): boolean => authExpiresAt === undefined;

/** Writes the connection, then its subscriptions: whoever finds a subscription finds its owner. It lasts so many seconds. */
export async function createConnection(
  connection: Connection,
  lifeS = CONNECTION_LIFE_S,
): Promise<void> {
  const { connectionId, userId, nickname, protocol, clientId, subscriptions } = connection;
  const { authExpiresAt } = connection;
  const expiresAt = { N: String(now() + lifeS) };
  const plain: Record<string, AttributeValue> =
    protocol === 'plain' ? { plain: { BOOL: true } } : {};
  await batchWrite([
    putRequest({
      ...connectionKey(connectionId),
      userId: { S: userId },
      nickname: { S: nickname },
      protocol: { S: protocol },
      ...(clientId === undefined ? {} : { clientId: { S: clientId } }),
      ...(authExpiresAt === undefined ? {} : { authExpiresAt: { N: String(authExpiresAt) } }),
      subscriptions: { S: JSON.stringify(subscriptions) },
      expiresAt,
    }),
  ]);
  await batchWrite(
    subscriptions.map((subscription) =>
      putRequest({ ...subscriptionKey(subscription, connectionId), ...plain, expiresAt }),
    ),
  );
}

/**
 * Writes the connection anew, and removes the subscriptions that it had and does not keep. Its row lists every subscription
 * before that is written, and until that is removed. `members`: topics of private rooms. Their subscriptions stay as they are:
 * `subscribeMember` writes those. Answers the row as written. Throws `Refused('Busy')` where the row is not as it was read:
 * another hello was faster, or the socket has ended and must not be written back to life.
 */
export async function identifyConnection(
  before: Connection,
  after: Connection,
  members: ReadonlySet<string> = new Set(),
): Promise<Connection> {
  const kept = new Set(after.subscriptions.map(nameOf));
  const dropped = before.subscriptions.filter((subscription) => !kept.has(nameOf(subscription)));
  const both = { ...after, subscriptions: [...after.subscriptions, ...dropped] };
  const written = await rewrite(both, before);
  await batchWrite(
    dropped.map((subscription) => deleteRequest(subscriptionKey(subscription, after.connectionId))),
  );
  const expiresAt = { N: String(subscribedUntil(after)) };
  await batchWrite(
    after.subscriptions
      .filter(({ topic }) => !members.has(topic))
      .map((subscription) =>
        putRequest({ ...subscriptionKey(subscription, after.connectionId), expiresAt }),
      ),
  );
  return dropped.length > 0 ? rewrite(after, written) : written;
}

/** What must hold for a write to a connection's row: it is the same user's, and nothing was written to it since it was read. */
export function unchangedSince({ userId, revision }: Pick<Connection, 'userId' | 'revision'>) {
  const unchanged = revision === undefined ? 'attribute_not_exists(revision)' : 'revision = :was';
  const values: Record<string, AttributeValue> = { ':readUser': { S: userId } };
  if (revision !== undefined) values[':was'] = { N: String(revision) };
  return { condition: `userId = :readUser AND ${unchanged}`, values };
}

async function rewrite(connection: Connection, before: Connection): Promise<Connection> {
  const { connectionId, userId, nickname, protocol, clientId, subscriptions } = connection;
  const { authExpiresAt } = connection;
  const revision = (before.revision ?? 0) + 1;
  const { condition, values } = unchangedSince(before);
  const written = await isWritten(
    dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: connectionKey(connectionId),
        ConditionExpression: condition,
        UpdateExpression: `SET userId = :user, nickname = :name, protocol = :protocol, clientId = :client, subscriptions = :hears, expiresAt = :end, greetedAt = :at, revision = :next${
          authExpiresAt === undefined ? ' REMOVE authExpiresAt' : ', authExpiresAt = :auth'
        }`,
        ExpressionAttributeValues: {
          ':user': { S: userId },
          ':name': { S: nickname },
          ':protocol': { S: protocol },
          ':client': { S: clientId ?? '' },
          ':hears': { S: JSON.stringify(subscriptions) },
          ':end': { N: String(now() + CONNECTION_LIFE_S) },
          ':next': { N: String(revision) },
          ':at': { N: String(Date.now()) },
          ...values,
          ...(authExpiresAt === undefined ? {} : { ':auth': { N: String(authExpiresAt) } }),
        },
      }),
    ),
  );
  if (!written) throw new Refused('Busy');
  return { ...connection, revision };
}

/** The connection, or undefined if it has ended or expired (TTL deletes up to two days late, so the row may still be there). */
export async function readConnection(connectionId: string): Promise<Connection | undefined> {
  const connection = await read(connectionId);
  return connection && connection.expiresAt > now() ? connection : undefined;
}

/** Removes the connection, every subscription and roster entry of it, and answers what it was; what is gone already is no error. */
export async function deleteConnection(connectionId: string): Promise<Connection | undefined> {
  const connection = await read(connectionId);
  if (connection !== undefined) await removeAll(connection);
  return connection;
}

/**
 * Removes connections that a broadcast found gone, and their subscription to `heard` even where the owner's row is lost.
 * Leaves those whose handshake may not have ended: they would be deaf, and not know it. Answers what was removed.
 */
export async function removeSubscribers(
  connectionIds: string[],
  heard: Subscription,
): Promise<Connection[]> {
  const forgotten: Connection[] = [];
  // Side by side: a crowd that left at once must be gone before the broadcast that found it runs out of time.
  for (let at = 0; at < connectionIds.length; at += SIDE_BY_SIDE)
    await Promise.all(
      connectionIds.slice(at, at + SIDE_BY_SIDE).map(async (connectionId) => {
        const connection = await read(connectionId);
        if (connection === undefined)
          await batchWrite([deleteRequest(subscriptionKey(heard, connectionId))]);
        else if (!isArriving(connection)) {
          await removeAll(connection, heard);
          forgotten.push(connection);
        }
      }),
    );
  return forgotten;
}

const isArriving = ({ protocol, expiresAt }: Stored): boolean =>
  protocol === 'plain' && now() - (expiresAt - CONNECTION_LIFE_S) < HANDSHAKE_S;

/** The owner last, so that a subscription or a roster entry never stands without one. */
async function removeAll(
  { connectionId, userId, subscriptions }: Connection,
  heard?: Subscription,
) {
  const all = new Map(
    [...subscriptions, ...(heard ? [heard] : [])].map((one) => [nameOf(one), one]),
  );
  await batchWrite([
    ...[...all.values()].map((one) => deleteRequest(subscriptionKey(one, connectionId))),
    ...roomsOf(subscriptions).map((room) =>
      deleteRequest(rosterKey(room, { userId, connectionId })),
    ),
  ]);
  await batchWrite([deleteRequest(connectionKey(connectionId))]);
}

/**
 * One page of the connections that hear a topic's shard, all or without plain ones: projected, by Query, at most 1 MB read.
 * Read consistently: a removal that was answered has taken its subscriptions from every page that is read after it.
 */
export async function readSubscribers(
  heard: Subscription,
  from?: string,
  who: 'all' | 'v1' = 'all',
): Promise<SubscriberPage> {
  const { pk } = subscriptionKey(heard, '');
  const { Items = [], LastEvaluatedKey } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :topic',
      ConsistentRead: true,
      FilterExpression: `expiresAt > :now AND attribute_not_exists(pending)${
        who === 'all' ? '' : ' AND attribute_not_exists(plain)'
      }`,
      ProjectionExpression: 'sk',
      ExpressionAttributeValues: { ':topic': pk, ':now': { N: String(now()) } },
      ...(from === undefined ? {} : { ExclusiveStartKey: { pk, sk: { S: from } } }),
    }),
  );
  const next = LastEvaluatedKey?.sk?.S;
  return {
    connectionIds: Items.flatMap(({ sk }) => (sk?.S === undefined ? [] : [sk.S])),
    ...(next === undefined ? {} : { next }),
  };
}

type Stored = Connection & { expiresAt: number };

async function read(connectionId: string): Promise<Stored | undefined> {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName, Key: connectionKey(connectionId), ConsistentRead: true }),
  );
  if (Item === undefined) return undefined;
  return {
    ...parseConnection(connectionId, Item),
    expiresAt: Number(Item.expiresAt?.N ?? 0),
  };
}

/** The connection that a row tells of. */
export function parseConnection(
  connectionId: string,
  Item: Record<string, AttributeValue>,
): Connection {
  return {
    connectionId,
    userId: Item.userId?.S ?? '',
    nickname: Item.nickname?.S ?? '',
    protocol: Item.protocol?.S === 'v1' ? 'v1' : 'plain',
    ...(Item.clientId?.S === undefined ? {} : { clientId: Item.clientId.S }),
    subscriptions: JSON.parse(Item.subscriptions?.S ?? '[]') as Subscription[],
    ...(Item.authExpiresAt?.N === undefined ? {} : { authExpiresAt: Number(Item.authExpiresAt.N) }),
    ...(Item.greetedAt?.N === undefined ? {} : { greetedAt: Number(Item.greetedAt.N) }),
    ...(Item.revision?.N === undefined ? {} : { revision: Number(Item.revision.N) }),
    ...(Item.fullAt?.N === undefined ? {} : { fullAt: Number(Item.fullAt.N) }),
  };
}
