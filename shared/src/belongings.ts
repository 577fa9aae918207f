// The door to a user's rooms in ConnectionsTable: those that come back after a reload and on another device, and those that wait for a yes.

import {
  BatchWriteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { partnersOf } from './direct.ts';
import { env } from './env.ts';
import { type Invitation, LIMITS } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

const PREFIX = 'room#';
const INVITED = 'invited#';
/** How long an invitation waits for its answer; who is a member may join after it as well. */
const INVITED_S = 30 * 24 * 60 * 60;
const TRIES = 6;

const key = (userId: string, room: string) => ({
  pk: { S: `user#${userId}` },
  sk: { S: PREFIX + room },
});
const invitedKey = (userId: string, room: string) => ({
  pk: key(userId, room).pk,
  sk: { S: INVITED + room },
});
const item = (userId: string, room: string) => ({
  ...key(userId, room),
  joinedAt: { S: new Date().toISOString() },
});

export interface Belongings {
  /** Rooms that were joined, by name. */
  rooms: string[];
  /** Direct rooms, the newest first. */
  direct: string[];
}

/** At most 50 of each, read consistently, from at most 1 MB (Query's limit: some 5,000 rooms). */
export async function belongings(userId: string): Promise<Belongings> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :room)',
      ExpressionAttributeValues: { ':user': key(userId, '').pk, ':room': { S: PREFIX } },
      ConsistentRead: true,
    }),
  );
  const all = Items.map(({ sk, joinedAt }) => ({
    room: (sk?.S ?? '').slice(PREFIX.length),
    joinedAt: joinedAt?.S ?? '',
  }));
  const isDirect = ({ room }: { room: string }) => partnersOf(room) !== undefined;
  const newest = all.filter(isDirect).sort((a, b) => (a.joinedAt < b.joinedAt ? 1 : -1));
  return {
    rooms: all
      .filter((one) => !isDirect(one))
      .map(({ room }) => room)
      .slice(0, LIMITS.rooms),
    direct: newest.map(({ room }) => room).slice(0, LIMITS.directRooms),
  };
}

/** The room comes back at the user's next hello, and no invitation to it waits any more. */
export const remember = (userId: string, room: string): Promise<void> =>
  writeAll([
    { PutRequest: { Item: item(userId, room) } },
    { DeleteRequest: { Key: invitedKey(userId, room) } },
  ]);

/** It does not any more, joined or only invited to; forgetting what is forgotten is no error. */
export const forget = (userId: string, room: string): Promise<void> =>
  writeAll([
    { DeleteRequest: { Key: key(userId, room) } },
    { DeleteRequest: { Key: invitedKey(userId, room) } },
  ]);

/** Kept apart from the user's rooms, so that strangers fill nobody's fifty: the room is theirs when they join. */
export async function offer(userId: string, { room, by }: Invitation): Promise<void> {
  const expiresAt = { N: String(Math.floor(Date.now() / 1000) + INVITED_S) };
  const Item = { ...invitedKey(userId, room), by: { S: by }, expiresAt };
  await client.send(new PutItemCommand({ TableName, Item }));
}

/** Those to private rooms that wait for an answer: the first ten by name, read eventually consistent. */
export async function invitations(userId: string): Promise<Invitation[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :invited)',
      ExpressionAttributeValues: { ':user': key(userId, '').pk, ':invited': { S: INVITED } },
      Limit: LIMITS.invitations,
    }),
  );
  return Items.map(({ sk, by }) => ({
    room: (sk?.S ?? '').slice(INVITED.length),
    by: by?.S ?? '',
  }));
}

/** A direct room belongs to both from its first message on, whether or not the other is here. */
export const rememberBoth = (users: [string, string], room: string): Promise<void> =>
  writeAll(users.map((userId) => ({ PutRequest: { Item: item(userId, room) } })));

async function writeAll(requests: WriteRequest[]): Promise<void> {
  let pending = requests;
  for (let attempt = 0; pending.length > 0; attempt += 1) {
    if (attempt === TRIES) throw new Error(`${pending.length} rows were left unwritten`);
    if (attempt > 0)
      await new Promise((done) => setTimeout(done, Math.random() * 50 * 2 ** attempt));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [TableName]: pending } }),
    );
    pending = UnprocessedItems?.[TableName] ?? [];
  }
}
