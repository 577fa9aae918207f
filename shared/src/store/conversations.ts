// The store of conversations: the direct rooms in which a user has spoken, and those where somebody waits for an answer.

import {
  DeleteItemCommand,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { LIMITS } from '../protocol/limits.ts';
import { type DynamoItem, dynamo, ifCondition, CONNECTIONS_TABLE as TableName } from './dynamo.ts';
import {
  conversationDayKey,
  conversationKey,
  OWN_CONVERSATION_PREFIX,
  userPartition,
  WAITING_CONVERSATION_PREFIX,
} from './keys.ts';
import { isExpired, shouldRenew, yearFromNow } from './ttl.ts';

/** One row for each conversation of one's own, under the day of the last word: the newest come first, and are all that is read. */
const OWN = OWN_CONVERSATION_PREFIX;
/** A row for each day on which somebody spoke unanswered: the newest come first, whoever fills the days before. */
const ASKED = WAITING_CONVERSATION_PREFIX;
/** Of each of the two lists: a ping reads some 30 KB at most. */
const MOST_ROWS = 100;
/** Places in the list that a user's own conversations leave to those that wait for an answer. */
const KEPT_FOR_ASKED = 10;

export interface Conversations {
  /** At most 50, those the user has spoken in first; the newest word first among these and among the others. */
  rooms: string[];
  /** Those of them that the user has spoken in. */
  own: string[];
  /** Those of these that are to be renewed. */
  stale: string[];
}

/** Whether the user has said something in their direct room within a year. */
export async function hasSpoken(userId: string, room: string): Promise<boolean> {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName, Key: conversationKey(userId, room), ConsistentRead: true }),
  );
  return Item !== undefined && !isExpired(Item.expiresAt);
}

const MOST_SPOKEN = 10_000;
/** Direct rooms where this sandbox has seen it: it stays so. */
const spokenByBoth = new Set<string>();

/**
 * Whether each of the two has said something in their direct room within a year. Two reads where this sandbox has not seen it of
 * the room yet, else none.
 */
export async function haveBothSpoken(one: string, other: string, room: string): Promise<boolean> {
  if (spokenByBoth.has(room)) return true;
  const spoken = await Promise.all([one, other].map((userId) => hasSpoken(userId, room)));
  if (spoken.includes(false)) return false;
  if (spokenByBoth.size >= MOST_SPOKEN) spokenByBoth.clear();
  spokenByBoth.add(room);
  return true;
}

/**
 * Something was said to `to` in their direct room. What `from` says is theirs, so it stands among their own rooms. For `to` it
 * does once they have spoken in it too; before, it waits apart, so that strangers push nobody's own conversations out.
 */
export async function recordDirectMessage(from: string, to: string, room: string): Promise<void> {
  const saidAt = new Date(Date.now()).toISOString();
  const isListed = 'listedOn <= :day';
  await Promise.all([
    list(from, room, { saidAt, where: `attribute_not_exists(listedOn) OR ${isListed}` }),
    list(to, room, { saidAt, where: isListed }).then((isOwn) =>
      isOwn ? undefined : touch(conversationDayKey(to, ASKED, saidAt.slice(0, 10), room), saidAt),
    ),
  ]);
}

/**
 * Moves it to its day in the user's own list. The day before is deleted last, so that whatever fails leaves it listed; a day only
 * grows, so that two who speak around midnight never delete each other's. False where `where` does not hold.
 */
async function list(
  userId: string,
  room: string,
  { saidAt, where }: { saidAt: string; where: string },
): Promise<boolean> {
  const day = saidAt.slice(0, 10);
  const was = await updateIfCondition({
    Key: conversationKey(userId, room),
    ConditionExpression: where,
    UpdateExpression: 'SET listedOn = :day, expiresAt = :end',
    ExpressionAttributeValues: { ':day': { S: day }, ':end': { N: String(yearFromNow()) } },
    ReturnValues: 'ALL_OLD',
  });
  if (was === undefined) return false;
  await touch(conversationDayKey(userId, OWN, day, room), saidAt);
  const before = was.listedOn?.S ?? day;
  if (before !== day)
    await dynamo.send(
      new DeleteItemCommand({ TableName, Key: conversationDayKey(userId, OWN, before, room) }),
    );
  return true;
}

/**
 * The newest 100 rows of either list. `isConsistent`: with what was said up to now; else up to a moment ago, at half the
 * price.
 */
export async function readConversations(
  userId: string,
  isConsistent: boolean,
): Promise<Conversations> {
  const [own, asked] = await Promise.all([
    rowsOf(userId, OWN, isConsistent),
    rowsOf(userId, ASKED, isConsistent),
  ]);
  const mine = new Set(own.map(({ room }) => room));
  const waiting = [...new Set(asked.map(({ room }) => room))].filter((room) => !mine.has(room));
  const most = LIMITS.directRooms - Math.min(waiting.length, KEPT_FOR_ASKED);
  const rooms = [...[...mine].slice(0, most), ...waiting].slice(0, LIMITS.directRooms);
  const stale = own.filter((one) => one.isStale && rooms.includes(one.room));
  return {
    rooms,
    own: rooms.filter((room) => mine.has(room)),
    stale: stale.map(({ room }) => room),
  };
}

/** The conversation stays listed for another year. */
export async function renewConversation(userId: string, room: string): Promise<void> {
  const renewing = {
    ConditionExpression: 'attribute_exists(pk)',
    UpdateExpression: 'SET expiresAt = :end',
    ExpressionAttributeValues: { ':end': { N: String(yearFromNow()) } },
  };
  const mark = await updateIfCondition({
    Key: conversationKey(userId, room),
    ...renewing,
    ReturnValues: 'ALL_NEW',
  });
  const day = mark?.listedOn?.S;
  if (day !== undefined)
    await updateIfCondition({ Key: conversationDayKey(userId, OWN, day, room), ...renewing });
}

/** The newest word first. */
async function rowsOf(
  userId: string,
  prefix: string,
  ConsistentRead: boolean,
): Promise<{ room: string; isStale: boolean }[]> {
  const { Items = [] } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':user': userPartition(userId), ':prefix': { S: prefix } },
      ConsistentRead,
      ScanIndexForward: false,
      Limit: MOST_ROWS,
    }),
  );
  return Items.filter(({ expiresAt }) => !isExpired(expiresAt))
    .sort((a, b) => ((a.saidAt?.S ?? '') < (b.saidAt?.S ?? '') ? 1 : -1))
    .map(({ sk, expiresAt }) => ({
      room: sk?.S?.split('#').at(-1) ?? '',
      isStale: shouldRenew(Number(expiresAt?.N ?? 0)),
    }));
}

type Update = Omit<UpdateItemCommandInput, 'TableName'>;

async function touch(Key: Update['Key'], saidAt: string): Promise<void> {
  await dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET saidAt = :at, expiresAt = :end',
      ExpressionAttributeValues: { ':at': { S: saidAt }, ':end': { N: String(yearFromNow()) } },
    }),
  );
}

/** The row as `ReturnValues` has it; undefined where its condition does not hold. */
async function updateIfCondition(update: Update): Promise<DynamoItem | undefined> {
  const written = await ifCondition(dynamo.send(new UpdateItemCommand({ TableName, ...update })));
  return written && (written.Attributes ?? {});
}
