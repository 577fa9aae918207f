// The store of subscriptions: one topic more or less of open connections, while other frames of theirs are under way.

import { randomUUID } from 'node:crypto';
import {
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Refused } from '../protocol/errors.ts';
import { LOBBY } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import { roomsOf, userTopic } from '../topics.ts';
import {
  type Connection,
  readConnection,
  type Subscription,
  subscribedUntil,
  unchangedSince,
} from './connections.ts';
import {
  dynamo,
  ifCondition,
  isWritten,
  sendWrite,
  CONNECTIONS_TABLE as TableName,
} from './dynamo.ts';
import { connectionKey, subscriptionKey } from './keys.ts';

/** Of two that change one connection at once, one sees the other's change and tries on top of it. */
const TRIES = 10;
/** A pending subscription that a crash left behind is deleted after so long; until then nothing reads it. */
const PENDING_S = 10 * 60;

/** From here on the connection hears it; answers in which shard. Throws `NotConnected` if it has ended, `TooManyRooms`. */
export async function subscribe(
  connection: Connection,
  subscription: Subscription,
): Promise<Subscription> {
  let row: Connection | undefined = connection;
  for (let attempt = 0; attempt < TRIES && row !== undefined; attempt += 1) {
    const written: Written | undefined = await updateSubscriptions(
      row,
      withSubscriptions(row, [subscription]),
    );
    if (written === undefined) {
      row = await rereadConnection(connection);
      continue;
    }
    // Of two that join at once, the second stays in the shard that the first drew.
    const [heard = subscription] = keepShards(written, [subscription]);
    const Key = subscriptionKey(heard, connection.connectionId);
    const expiresAt = { N: String(written.until) };
    await dynamo.send(new PutItemCommand({ TableName, Item: { ...Key, expiresAt } }));
    return heard;
  }
  throw new Refused(row === undefined ? 'NotConnected' : 'Busy');
}

/**
 * From here on the connection hears these private rooms. `connection` must be read before its user's right was asked for;
 * `mayStill` asks for it again, and answers those that are left. Answers what is heard. Throws `NotConnected` if the
 * connection has ended, `TooManyRooms`.
 *
 * A removal deletes the membership, then the subscriptions that the row lists, then takes them from the row, which changes
 * the row's revision even where it lists none. So a row that is written as it was read was read before the removal did so,
 * and lists the room while the removal still looks. The subscription is pending until that write: no broadcast reads it.
 * It ends being pending only while it stands as it was put, so a removal that deleted it has won.
 */
export async function subscribeMember(
  connection: Connection,
  subscriptions: Subscription[],
  mayStill: (wanted: Subscription[]) => Promise<Subscription[]>,
): Promise<Subscription[]> {
  const heard: Subscription[] = [];
  let left = subscriptions;
  let row: Connection | undefined = connection;
  for (let attempt = 0; attempt < TRIES && row !== undefined; attempt += 1) {
    const read: Connection = row;
    const wanted = await partition(keepShards(read, left), (one) => extendSubscription(one, read));
    heard.push(...wanted.yes);
    if (wanted.no.length === 0) return heard;
    const subscribed = await putSubscriptions(read, wanted.no);
    heard.push(...subscribed.yes);
    if (subscribed.no.length === 0) return heard;
    row = await rereadConnection(connection);
    left = await mayStill(subscribed.no);
    if (left.length === 0) return heard;
  }
  throw new Refused(row === undefined ? 'NotConnected' : 'Busy');
}

interface Divided {
  yes: Subscription[];
  no: Subscription[];
}

async function partition(
  all: Subscription[],
  is: (one: Subscription) => Promise<boolean>,
): Promise<Divided> {
  const answers = await Promise.all(all.map(is));
  return { yes: all.filter((_, at) => answers[at]), no: all.filter((_, at) => !answers[at]) };
}

/** Those that every write came to pass for, and those of which nothing is left. */
async function putSubscriptions(row: Connection, wanted: Subscription[]): Promise<Divided> {
  const after = withSubscriptions(row, wanted);
  const pending = { S: randomUUID() };
  const keyOf = (one: Subscription) => subscriptionKey(one, row.connectionId);
  const put = await partition(wanted, (one) =>
    writeIfCondition(
      new PutItemCommand({
        TableName,
        Item: { ...keyOf(one), pending, expiresAt: { N: String(nowS() + PENDING_S) } },
        // Another join of the same room may have come first: who hears it must not miss a message meanwhile.
        ConditionExpression:
          'attribute_not_exists(pk) OR attribute_exists(pending) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': { N: String(nowS()) } },
      }),
    ),
  );
  const written = put.no.length > 0 ? undefined : await updateSubscriptions(row, after);
  const begun =
    written === undefined
      ? { yes: [], no: put.yes }
      : await partition(put.yes, (one) =>
          writeIfCondition(
            new UpdateItemCommand({
              TableName,
              Key: keyOf(one),
              ConditionExpression: 'pending = :mine',
              UpdateExpression: 'SET expiresAt = :end REMOVE pending',
              ExpressionAttributeValues: { ':mine': pending, ':end': { N: String(written.until) } },
            }),
          ),
        );
  await Promise.all(
    begun.no.map((one) =>
      writeIfCondition(
        new DeleteItemCommand({
          TableName,
          Key: keyOf(one),
          ConditionExpression: 'pending = :mine',
          ExpressionAttributeValues: { ':mine': pending },
        }),
      ),
    ),
  );
  return { yes: begun.yes, no: [...put.no, ...begun.no] };
}

/** False where the connection does not hear it: its row does not list it, or it is pending or gone. */
async function extendSubscription(one: Subscription, row: Connection): Promise<boolean> {
  if (!row.subscriptions.some(({ topic }) => topic === one.topic)) return false;
  return writeIfCondition(
    new UpdateItemCommand({
      TableName,
      Key: subscriptionKey(one, row.connectionId),
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(pending)',
      UpdateExpression: 'SET expiresAt = :end',
      ExpressionAttributeValues: { ':end': { N: String(subscribedUntil(row)) } },
    }),
  );
}

/** Throws `TooManyRooms`: asked of the row, where of two that join at once the second sees the first. */
function withSubscriptions({ subscriptions }: Connection, more: Subscription[]): Subscription[] {
  const all = [
    ...subscriptions,
    ...more.filter((one) => !subscriptions.some(({ topic }) => topic === one.topic)),
  ];
  const isMore = all.length > subscriptions.length;
  if (isMore && roomsOf(all).filter((room) => room !== LOBBY).length > LIMITS.rooms)
    throw new Refused('TooManyRooms');
  return all;
}

const keepShards = (
  { subscriptions }: Pick<Connection, 'subscriptions'>,
  wanted: Subscription[],
): Subscription[] =>
  wanted.map((one) => subscriptions.find(({ topic }) => topic === one.topic) ?? one);

/** The connections that the user has open, read consistently. */
export async function connectionIdsOf(userId: string): Promise<string[]> {
  const { Items = [] } = await dynamo.send(
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

/** No connection that the user has open hears the topic any more: a broadcast that reads its partition from here on misses them all. */
export async function unsubscribeUser(userId: string, topic: string): Promise<string[]> {
  const connectionIds = await connectionIdsOf(userId);
  await Promise.all(
    connectionIds.map((connectionId) => unsubscribe({ userId, connectionId }, topic)),
  );
  return connectionIds;
}

/**
 * This connection of this user does not hear the topic any more. `written`: what the caller itself wrote, which the row may
 * not list any more. The row is changed last, so that a failure can be tried again, and also where it lists nothing: see
 * `subscribeMember`.
 */
export async function unsubscribe(
  connection: Pick<Connection, 'userId' | 'connectionId'>,
  topic: string,
  written: Subscription[] = [],
): Promise<void> {
  let row = await rereadConnection(connection);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const known = [...written, ...(row?.subscriptions ?? [])];
    for (const heard of known.filter((one) => one.topic === topic))
      await dynamo.send(
        new DeleteItemCommand({
          TableName,
          Key: subscriptionKey(heard, connection.connectionId),
        }),
      );
    if (row === undefined) return;
    const others = row.subscriptions.filter((one) => one.topic !== topic);
    if ((await updateSubscriptions(row, others)) !== undefined) return;
    row = await rereadConnection(connection);
  }
  throw new Refused('Busy');
}

/** The row as it is now; undefined where the connection has ended, or is another user's. */
async function rereadConnection({
  userId,
  connectionId,
}: Pick<Connection, 'userId' | 'connectionId'>): Promise<Connection | undefined> {
  const row = await readConnection(connectionId);
  return row?.userId === userId ? row : undefined;
}

interface Written extends Pick<Connection, 'subscriptions'> {
  /** When what it hears ends, epoch seconds. */
  until: number;
}

/** Answers the row as it is then; undefined if it is not as it was read. */
async function updateSubscriptions(
  row: Connection,
  subscriptions: Subscription[],
): Promise<Written | undefined> {
  const { condition, values } = unchangedSince(row);
  const written = await ifCondition(
    dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: connectionKey(row.connectionId),
        UpdateExpression: 'SET subscriptions = :after ADD revision :one',
        ConditionExpression: condition,
        ExpressionAttributeValues: {
          ...values,
          ':after': { S: JSON.stringify(subscriptions) },
          ':one': { N: '1' },
        },
        ReturnValues: 'ALL_NEW',
      }),
    ),
  );
  if (written === undefined) return undefined;
  const { expiresAt, authExpiresAt } = written.Attributes ?? {};
  const auth = authExpiresAt?.N === undefined ? {} : { authExpiresAt: Number(authExpiresAt.N) };
  return { subscriptions, until: subscribedUntil(auth, Number(expiresAt?.N ?? 0)) };
}

const nowS = () => Math.floor(Date.now() / 1000);

const writeIfCondition = (
  command: PutItemCommand | UpdateItemCommand | DeleteItemCommand,
): Promise<boolean> => isWritten(sendWrite(command));
