// The door to a user's direct rooms in ConnectionsTable: those they have spoken in, and those where somebody waits for their answer.

import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { env } from './env.ts';
import { isStale, keepUntil } from './keeping.ts';
import { LIMITS } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

const OWN = 'direct#';
const ASKED = 'asked#';
/** A row for each day on which somebody spoke unanswered: the newest come first, whoever fills the days before. */
const MOST_ASKED_ROWS = 200;
/** Places in the list that a user's own conversations leave to those that wait for an answer. */
const KEPT_FOR_ASKED = 10;

const userKey = (userId: string) => ({ S: `user#${userId}` });
const ownKey = (userId: string, room: string) => ({
  pk: userKey(userId),
  sk: { S: OWN + room },
});

export interface Conversations {
  /** At most 50, those the user has spoken in first; the newest word first among these and among the others. */
  rooms: string[];
  /** Those the user has spoken in that are to be renewed. */
  stale: string[];
}

/** Whether the user has said something in their direct room within a year. */
export async function hasSpoken(userId: string, room: string): Promise<boolean> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName, Key: ownKey(userId, room), ConsistentRead: true }),
  );
  return Item !== undefined;
}

/**
 * Something was said to `to` in their direct room. What `from` says is theirs, so it stands among their own rooms. For `to` it
 * does once they have spoken in it too; before, it waits apart, so that strangers push nobody's own conversations out.
 */
export async function spoke(from: string, to: string, room: string): Promise<void> {
  const saidAt = new Date(Date.now()).toISOString();
  const asked = { pk: userKey(to), sk: { S: `${ASKED}${saidAt.slice(0, 10)}#${room}` } };
  await Promise.all([
    touch(ownKey(from, room), saidAt),
    ifThere(touching(ownKey(to, room), saidAt)).then((isOwn) =>
      isOwn ? undefined : touch(asked, saidAt),
    ),
  ]);
}

/**
 * Of the conversations of one's own those in one Query, of 1 MB (some 7,000, and nobody else adds to them); of the others the
 * newest 200 rows. `isConsistent`: with what was said up to now; else up to a moment ago, at half the price.
 */
export async function conversations(userId: string, isConsistent: boolean): Promise<Conversations> {
  const [own, asked] = await Promise.all([
    rowsOf(userId, OWN, { ConsistentRead: isConsistent }),
    rowsOf(userId, ASKED, {
      ConsistentRead: isConsistent,
      ScanIndexForward: false,
      Limit: MOST_ASKED_ROWS,
    }),
  ]);
  const mine = new Set(own.map(({ room }) => room));
  const waiting = [...new Set(asked.map(({ room }) => room))].filter((room) => !mine.has(room));
  const most = LIMITS.directRooms - Math.min(waiting.length, KEPT_FOR_ASKED);
  const rooms = [...[...mine].slice(0, most), ...waiting].slice(0, LIMITS.directRooms);
  const stale = own.filter((one) => one.isStale && rooms.includes(one.room));
  return { rooms, stale: stale.map(({ room }) => room) };
}

/** The conversation stays listed for another year. */
export async function renewConversation(userId: string, room: string): Promise<void> {
  await ifThere({
    Key: ownKey(userId, room),
    UpdateExpression: 'SET expiresAt = :end',
    ExpressionAttributeValues: { ':end': { N: String(keepUntil()) } },
  });
}

/** The newest word first. */
async function rowsOf(
  userId: string,
  prefix: string,
  how: { ConsistentRead: boolean; ScanIndexForward?: boolean; Limit?: number },
): Promise<{ room: string; isStale: boolean }[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':user': userKey(userId), ':prefix': { S: prefix } },
      ...how,
    }),
  );
  return Items.sort((a, b) => ((a.saidAt?.S ?? '') < (b.saidAt?.S ?? '') ? 1 : -1)).map(
    ({ sk, expiresAt }) => ({
      room: sk?.S?.split('#').at(-1) ?? '',
      isStale: isStale(Number(expiresAt?.N ?? 0)),
    }),
  );
}

type Update = Omit<UpdateItemCommandInput, 'TableName'>;

const touching = (Key: Update['Key'], saidAt: string): Update => ({
  Key,
  UpdateExpression: 'SET saidAt = :at, expiresAt = :end',
  ExpressionAttributeValues: { ':at': { S: saidAt }, ':end': { N: String(keepUntil()) } },
});

async function touch(Key: Update['Key'], saidAt: string): Promise<void> {
  await client.send(new UpdateItemCommand({ TableName, ...touching(Key, saidAt) }));
}

async function ifThere(update: Update): Promise<boolean> {
  try {
    const ConditionExpression = 'attribute_exists(pk)';
    await client.send(new UpdateItemCommand({ TableName, ConditionExpression, ...update }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
