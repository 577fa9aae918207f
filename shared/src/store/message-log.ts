// The message log: reading the entries of a room, and putting tombstones where none will come.

import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { env } from '../env.ts';
import type { MessageFrame } from '../protocol/frames.ts';
import { messageFrame } from '../protocol/message-frame.ts';
import { dynamo, isWritten } from './dynamo.ts';
import { itemBytes } from './read-units.ts';

const TableName = env('MESSAGES_TABLE');

/** What stands at one place of a room: a message, or without one a tombstone. */
export interface LogEntry {
  seq: number;
  message?: MessageFrame;
  /** What it costs to read it (`read-units.ts`); absent where it was not read by `readEntries`. */
  storedBytes?: number;
}

export interface LogPage {
  /** In the order they were asked for: from the near end. */
  places: LogEntry[];
  /** Whether more may be stored beyond the last of them. */
  cut: boolean;
}

export interface LogRange {
  from: number;
  to: number;
  limit: number;
  /** Newest first. */
  backwards?: boolean;
}

/** What is stored from `from` to `to`, both in: at most `limit` places and 1 MB (Query's limit), read consistently. */
export async function readEntries(
  room: string,
  { from, to, limit, backwards = false }: LogRange,
): Promise<LogPage> {
  const { Items = [], LastEvaluatedKey } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'room = :room AND seq BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':room': { S: room },
        ':from': { N: String(from) },
        ':to': { N: String(to) },
      },
      ScanIndexForward: !backwards,
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  const places = Items.map((item) => ({ ...entryIn(item), storedBytes: itemBytes(item) }));
  return { places, cut: LastEvaluatedKey !== undefined };
}

/**
 * The one place that is nearest to `from` in the direction of `to`, both in; undefined where none is stored. Of a message
 * only when it was sent (ISO 8601) is told. One row, read eventually consistent: it is paid for, words and all.
 */
export async function readNearest(
  room: string,
  { from, to }: { from: number; to: number },
): Promise<{ seq: number; sentAt?: string } | undefined> {
  const { Items = [] } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'room = :room AND seq BETWEEN :low AND :high',
      ProjectionExpression: 'seq, sentAt',
      ExpressionAttributeValues: {
        ':room': { S: room },
        ':low': key(Math.min(from, to)),
        ':high': key(Math.max(from, to)),
      },
      ScanIndexForward: from <= to,
      Limit: 1,
    }),
  );
  const [item] = Items;
  if (item === undefined) return undefined;
  const sentAt = item.sentAt?.S;
  return { seq: Number(item.seq?.N), ...(sentAt === undefined ? {} : { sentAt }) };
}

/** Puts a tombstone where nothing is; answers what stands there now: it, or the message that was faster. */
export async function putTombstone(room: string, seq: number): Promise<LogEntry> {
  const Key = { room: { S: room }, seq: key(seq) };
  const put = new PutItemCommand({
    TableName,
    Item: { ...Key, void: { BOOL: true } },
    ConditionExpression: 'attribute_not_exists(seq)',
  });
  if (await isWritten(dynamo.send(put))) return { seq };
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  // Gone again within this moment is what retention deleted: nothing will come there either.
  return Item === undefined ? { seq } : entryIn(Item);
}

const key = (seq: number) => ({ N: String(seq) });

function entryIn(item: Record<string, AttributeValue>): LogEntry {
  const text = (field: string) => item[field]?.S ?? '';
  const seq = Number(item.seq?.N);
  if (item.messageId === undefined) return { seq };
  const message = messageFrame(seq, {
    room: text('room'),
    messageId: text('messageId'),
    userId: text('userId'),
    nickname: text('nickname'),
    text: text('text'),
    sentAt: text('sentAt'),
  });
  return { seq, message };
}
