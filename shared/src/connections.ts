// The door to ConnectionsTable: who is connected, and which topics each connection hears.

import {
  type AttributeValue,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { env } from './env.ts';
import { roomsAmong } from './topics.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

/** API Gateway cuts at two hours; a row that outlives its socket by these minutes costs one 410. */
export const LIFE_S = 2 * 60 * 60 + 10 * 60;
/** BatchWriteItem's limit. */
const BATCH = 25;
const BATCH_TRIES = 6;

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
  /** When its bucket of tokens is full, epoch milliseconds (admission.ts); absent before its first frame. */
  fullAt?: number;
}

export interface SubscriberPage {
  connectionIds: string[];
  /** Pass it back for the next page; absent on the last. */
  next?: string;
}

const now = () => Math.floor(Date.now() / 1000);
/** Where the connection's row stands. */
export const connectionKey = (id: string) => ({
  pk: { S: `connection#${id}` },
  sk: { S: 'connection' },
});
/** Where a room's roster has the connection (roster.ts). */
export const rosterKey = (room: string, who: { userId: string; connectionId: string }) => ({
  pk: { S: `roster#${room}` },
  sk: { S: `${who.userId}#${who.connectionId}` },
});
const subscriptionKey = ({ topic, shard }: Subscription, id: string) => ({
  pk: { S: `topic#${topic}#${shard}` },
  sk: { S: id },
});

/** Writes the connection, then its subscriptions: whoever finds a subscription finds its owner. */
export async function open(connection: Connection): Promise<void> {
  const { connectionId, userId, nickname, protocol, clientId, subscriptions, fullAt } = connection;
  const expiresAt = { N: String(now() + LIFE_S) };
  const plain: Record<string, AttributeValue> =
    protocol === 'plain' ? { plain: { BOOL: true } } : {};
  await write([
    put({
      ...connectionKey(connectionId),
      userId: { S: userId },
      nickname: { S: nickname },
      protocol: { S: protocol },
      ...(clientId === undefined ? {} : { clientId: { S: clientId } }),
      subscriptions: { S: JSON.stringify(subscriptions) },
      ...(fullAt === undefined ? {} : { fullAt: { N: String(fullAt) } }),
      expiresAt,
    }),
  ]);
  await write(
    subscriptions.map((subscription) =>
      put({ ...subscriptionKey(subscription, connectionId), ...plain, expiresAt }),
    ),
  );
}

/** Writes the connection anew, and takes from it what it heard and shall not hear any more. */
export async function reopen(before: Connection, after: Connection): Promise<void> {
  const kept = new Set(after.subscriptions.map(({ topic, shard }) => `${topic}#${shard}`));
  const dropped = before.subscriptions.filter(({ topic, shard }) => !kept.has(`${topic}#${shard}`));
  await write(
    dropped.map((subscription) => remove(subscriptionKey(subscription, before.connectionId))),
  );
  // Another hello fills no bucket.
  const { fullAt } = before;
  await open(fullAt === undefined ? after : { ...after, fullAt });
}

/** The connection, or undefined if it has ended or expired (TTL deletes up to two days late, so the row may still be there). */
export async function find(connectionId: string): Promise<Connection | undefined> {
  const connection = await read(connectionId);
  return connection && connection.expiresAt > now() ? connection : undefined;
}

/** Removes the connection, every subscription and roster entry of it, and answers what it was; what is gone already is no error. */
export async function close(connectionId: string): Promise<Connection | undefined> {
  const connection = await read(connectionId);
  if (connection === undefined) return undefined;
  const { userId, subscriptions } = connection;
  await write([
    ...subscriptions.map((subscription) => remove(subscriptionKey(subscription, connectionId))),
    ...roomsAmong(subscriptions).map((room) => remove(rosterKey(room, { userId, connectionId }))),
  ]);
  await write([remove(connectionKey(connectionId))]);
  return connection;
}

/** Removes connections that a broadcast found gone, and their subscription to `heard` even where the owner's row is lost. */
export async function forget(connectionIds: string[], heard: Subscription): Promise<void> {
  await write(connectionIds.map((id) => remove(subscriptionKey(heard, id))));
  // Side by side: a crowd that left at once must be gone before the broadcast that found it runs out of time.
  for (let at = 0; at < connectionIds.length; at += BATCH)
    await Promise.all(connectionIds.slice(at, at + BATCH).map(close));
}

/** One page of the connections that hear a topic's shard, all or without plain ones: projected, by Query, at most 1 MB read. */
export async function subscribers(
  heard: Subscription,
  from?: string,
  who: 'all' | 'v1' = 'all',
): Promise<SubscriberPage> {
  const { pk } = subscriptionKey(heard, '');
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :topic',
      FilterExpression:
        who === 'all' ? 'expiresAt > :now' : 'expiresAt > :now AND attribute_not_exists(plain)',
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

async function read(
  connectionId: string,
): Promise<(Connection & { expiresAt: number }) | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName, Key: connectionKey(connectionId), ConsistentRead: true }),
  );
  if (Item === undefined) return undefined;
  return {
    ...connectionIn(connectionId, Item),
    expiresAt: Number(Item.expiresAt?.N ?? 0),
  };
}

/** The connection that a row tells of. */
export function connectionIn(
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
    ...(Item.fullAt?.N === undefined ? {} : { fullAt: Number(Item.fullAt.N) }),
  };
}

const put = (Item: Record<string, AttributeValue>): WriteRequest => ({ PutRequest: { Item } });
const remove = (Key: Record<string, AttributeValue>): WriteRequest => ({ DeleteRequest: { Key } });

/** BatchWriteItem may leave items unprocessed under throttling: those are written again, with back-off. */
async function write(requests: WriteRequest[]): Promise<void> {
  for (let at = 0; at < requests.length; at += BATCH) {
    let pending: WriteRequest[] = requests.slice(at, at + BATCH);
    for (let attempt = 0; pending.length > 0; attempt += 1) {
      if (attempt === BATCH_TRIES) throw new Error(`${pending.length} rows were left unwritten`);
      if (attempt > 0)
        await new Promise((done) => setTimeout(done, Math.random() * 50 * 2 ** attempt));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [TableName]: pending } }),
      );
      pending = UnprocessedItems?.[TableName] ?? [];
    }
  }
}
