// The door to what open connections hear: one room more or less, while other frames of theirs may be under way.

import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Connection,
  connectionKey,
  find,
  hearsUntil,
  type Subscription,
  subscriptionKey,
} from './connections.ts';
import { env } from './env.ts';
import { LIMITS, LOBBY, Refused } from './protocol.ts';
import { roomsAmong, userTopic } from './topics.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

/** Of two that change one connection at once, one sees the other's change and tries on top of it. */
const TRIES = 10;

/** From here on the connection hears it; answers in which shard. Throws `NotConnected` if it has ended, `TooManyRooms`. */
export async function listen(
  connection: Connection,
  subscription: Subscription,
): Promise<Subscription> {
  const { connectionId } = connection;
  const { topic } = subscription;
  const row = await change(connection, (heard) => {
    if (heard.some((one) => one.topic === topic)) return heard;
    const all = [...heard, subscription];
    // Asked here, where of two that join at once the second sees the first.
    if (roomsAmong(all).filter((room) => room !== LOBBY).length > LIMITS.rooms)
      throw new Refused('TooManyRooms');
    return all;
  });
  if (row === undefined) throw new Refused('NotConnected');
  // Of two that join at once, the second stays in the shard that the first drew.
  const heard = row.subscriptions.find((one) => one.topic === topic) ?? subscription;
  const Item = { ...subscriptionKey(heard, connectionId), expiresAt: { N: String(row.expiresAt) } };
  await client.send(new PutItemCommand({ TableName, Item }));
  return heard;
}

/** The connections that the user has open, read consistently. */
export async function connectionsOf(userId: string): Promise<string[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :topic',
      ProjectionExpression: 'sk',
      ExpressionAttributeValues: {
        ':topic': subscriptionKey({ topic: userTopic(userId), shard: 0 }, '').pk,
      },
      ConsistentRead: true,
    }),
  );
  return Items.flatMap(({ sk }) => (sk?.S === undefined ? [] : [sk.S]));
}

/** No connection that the user has open hears the topic any more: who reads its partition consistently from here on misses them all. */
export async function silence(userId: string, topic: string): Promise<string[]> {
  const connectionIds = await connectionsOf(userId);
  await Promise.all(connectionIds.map((connectionId) => unlisten(connectionId, topic)));
  return connectionIds;
}

/**
 * This connection does not hear the topic any more. `written`: what the caller itself wrote, which the row may not tell any
 * more. The row is changed last, so that a failure can be tried again.
 */
export async function unlisten(
  connectionId: string,
  topic: string,
  written: Subscription[] = [],
): Promise<void> {
  const connection = await find(connectionId);
  const known = [...written, ...(connection?.subscriptions ?? [])];
  for (const heard of known.filter((one) => one.topic === topic))
    await client.send(
      new DeleteItemCommand({ TableName, Key: subscriptionKey(heard, connectionId) }),
    );
  if (connection !== undefined)
    await change(connection, (heard) => heard.filter((one) => one.topic !== topic));
}

/** Answers the row as it is then; undefined if the connection has ended meanwhile. */
async function change(
  seen: Connection,
  to: (heard: Subscription[]) => Subscription[],
): Promise<{ subscriptions: Subscription[]; expiresAt: number } | undefined> {
  let connection: Connection | undefined = seen;
  for (let attempt = 0; attempt < TRIES && connection !== undefined; attempt += 1) {
    const subscriptions = to(connection.subscriptions);
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: connectionKey(seen.connectionId),
          UpdateExpression: 'SET subscriptions = :after ADD revision :one',
          ConditionExpression: 'subscriptions = :before',
          ExpressionAttributeValues: {
            ':before': { S: JSON.stringify(connection.subscriptions) },
            ':after': { S: JSON.stringify(subscriptions) },
            ':one': { N: '1' },
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      const { expiresAt, authExpiresAt } = Attributes ?? {};
      const auth = authExpiresAt?.N === undefined ? {} : { authExpiresAt: Number(authExpiresAt.N) };
      return { subscriptions, expiresAt: hearsUntil(auth, Number(expiresAt?.N ?? 0)) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      connection = await find(seen.connectionId);
    }
  }
  if (connection === undefined) return undefined;
  throw new Refused('Busy');
}
