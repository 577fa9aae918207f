// The door to what was said, in MessagesTable: reading places of a room, and fencing those that stayed empty.

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { env } from './env.ts';
import { type MessageFrame, messageFrame } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('MESSAGES_TABLE');

/** A look upwards reads 1 row, then 4, 16 … past tombstones; after so many looks it is left to a later question. */
const LOOK_FACTOR = 4;
const LOOKS = 6;

/** What stands at one place of a room: a message, or without one a tombstone. */
export interface Place {
  seq: number;
  message?: MessageFrame;
}

export interface Stretch {
  /** In the order they were asked for: from the near end. */
  places: Place[];
  /** Whether more may be stored beyond the last of them. */
  cut: boolean;
}

export interface Wanted {
  from: number;
  to: number;
  limit: number;
  /** Newest first. */
  backwards?: boolean;
}

/** What is stored from `from` to `to`, both in: at most `limit` places and 1 MB (Query's limit), read consistently. */
export async function stored(
  room: string,
  { from, to, limit, backwards = false }: Wanted,
): Promise<Stretch> {
  const { Items = [], LastEvaluatedKey } = await client.send(
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
  return { places: Items.map(placeIn), cut: LastEvaluatedKey !== undefined };
}

/** When the nearest message above `seq` was sent (ISO 8601); undefined where none is, or not within a thousand tombstones. */
export async function nextSentAt(room: string, seq: number): Promise<string | undefined> {
  let above: AttributeValue | undefined = key(seq);
  for (let look = 0; look < LOOKS && above !== undefined; look += 1) {
    const page: QueryCommandOutput = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'room = :room AND seq > :above',
        FilterExpression: 'attribute_exists(messageId)',
        ProjectionExpression: 'seq, sentAt',
        ExpressionAttributeValues: { ':room': { S: room }, ':above': above },
        // What is read is paid for, words and all: mostly the next row is the one.
        Limit: LOOK_FACTOR ** look,
      }),
    );
    const sentAt = page.Items?.[0]?.sentAt?.S;
    if (sentAt !== undefined) return sentAt;
    above = page.LastEvaluatedKey?.seq;
  }
  return undefined;
}

/** Puts a tombstone where nothing is; answers what stands there now: it, or the message that was faster. */
export async function fence(room: string, seq: number): Promise<Place> {
  const Key = { room: { S: room }, seq: key(seq) };
  try {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: { ...Key, void: { BOOL: true } },
        ConditionExpression: 'attribute_not_exists(seq)',
      }),
    );
    return { seq };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key, ConsistentRead: true }),
    );
    // Gone again within this moment is what retention deleted: nothing will come there either.
    return Item === undefined ? { seq } : placeIn(Item);
  }
}

const key = (seq: number) => ({ N: String(seq) });

function placeIn(item: Record<string, AttributeValue>): Place {
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
