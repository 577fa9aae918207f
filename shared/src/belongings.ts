// The door to a user's rooms in ConnectionsTable: those that come back after a reload and on another device, and those that wait for a yes.

import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { inBatches, MOST_WRITES } from './batch.ts';
import { env } from './env.ts';
import { hasRunOut, isStale, keepUntil } from './keeping.ts';
import { type Invitation, LIMITS } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

const PREFIX = 'room#';
const INVITED = 'invited#';
/** How long an invitation waits for its answer; who is a member may join after it as well. */
const INVITED_S = 30 * 24 * 60 * 60;
/** Those told, and as many as may have run out and not be deleted yet. */
const MOST_INVITED_ROWS = 50;

const key = (userId: string, room: string) => ({
  pk: { S: `user#${userId}` },
  sk: { S: PREFIX + room },
});
const invitedKey = (userId: string, room: string) => ({
  pk: key(userId, room).pk,
  sk: { S: INVITED + room },
});

export interface Belongings {
  /** Rooms that were joined, by name: at most 50. */
  rooms: string[];
  /** Those of them that are to be renewed. */
  stale: string[];
}

/** Read consistently, in one Query: `join` lets nobody into so many rooms that they fill its 1 MB. */
export async function belongings(userId: string): Promise<Belongings> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :room)',
      ExpressionAttributeValues: { ':user': key(userId, '').pk, ':room': { S: PREFIX } },
      ConsistentRead: true,
    }),
  );
  const all = Items.filter(({ expiresAt }) => !hasRunOut(expiresAt))
    .map(({ sk, expiresAt }) => ({
      room: (sk?.S ?? '').slice(PREFIX.length),
      isStale: isStale(Number(expiresAt?.N ?? 0)),
    }))
    .slice(0, LIMITS.rooms);
  return {
    rooms: all.map(({ room }) => room),
    stale: all.flatMap((one) => (one.isStale ? [one.room] : [])),
  };
}

/** The room stays the user's for another year, unless they have left it meanwhile. */
export async function renew(userId: string, room: string): Promise<void> {
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: key(userId, room),
        ConditionExpression: 'attribute_exists(pk)',
        UpdateExpression: 'SET expiresAt = :end',
        ExpressionAttributeValues: { ':end': { N: String(keepUntil()) } },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** The room comes back at the user's next hello, and no invitation to it waits any more. */
export const remember = (userId: string, room: string): Promise<void> =>
  writeAll([
    {
      PutRequest: {
        Item: { ...key(userId, room), expiresAt: { N: String(keepUntil()) } },
      },
    },
    { DeleteRequest: { Key: invitedKey(userId, room) } },
  ]);

/** It does not any more, joined or only invited to; forgetting what is forgotten is no error. */
export const forget = (userId: string, room: string): Promise<void> =>
  writeAll([
    { DeleteRequest: { Key: key(userId, room) } },
    { DeleteRequest: { Key: invitedKey(userId, room) } },
  ]);

/** What was written for who was removed meanwhile; an invitation that came after stands. */
export async function unremember(userId: string, room: string): Promise<void> {
  await client.send(new DeleteItemCommand({ TableName, Key: key(userId, room) }));
}

/** Kept apart from the user's rooms, so that strangers fill nobody's fifty: the room is theirs when they join. */
export async function offer(userId: string, { room, by }: Invitation): Promise<void> {
  const expiresAt = { N: String(Math.floor(Date.now() / 1000) + INVITED_S) };
  const Item = { ...invitedKey(userId, room), by: { S: by }, expiresAt };
  await client.send(new PutItemCommand({ TableName, Item }));
}

/** Those to private rooms that wait for an answer: the first ten by name among fifty rows, read eventually consistent. */
export async function invitations(userId: string): Promise<Invitation[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :invited)',
      ExpressionAttributeValues: { ':user': key(userId, '').pk, ':invited': { S: INVITED } },
      Limit: MOST_INVITED_ROWS,
    }),
  );
  return Items.filter(({ expiresAt }) => !hasRunOut(expiresAt))
    .map(({ sk, by }) => ({
      room: (sk?.S ?? '').slice(INVITED.length),
      by: by?.S ?? '',
    }))
    .slice(0, LIMITS.invitations);
}

const writeAll = (requests: WriteRequest[]): Promise<void> =>
  inBatches(requests, MOST_WRITES, async (piece) => {
    const RequestItems = { [TableName]: piece };
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    return UnprocessedItems?.[TableName];
  });
