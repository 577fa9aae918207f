// The door to a user's rooms in ConnectionsTable: those that come back after a reload and on another device.

import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { partnersOf } from './direct.ts';
import { env } from './env.ts';
import { LIMITS } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

const PREFIX = 'room#';
const TRIES = 6;

const key = (userId: string, room: string) => ({
  pk: { S: `user#${userId}` },
  sk: { S: PREFIX + room },
});
const item = (userId: string, room: string) => ({
  ...key(userId, room),
  joinedAt: { S: new Date().toISOString() },
});

export interface Belongings {
  /** Rooms that were joined, or to which the user was invited, by name. */
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

/** The room comes back at the user's next hello. */
export async function remember(userId: string, room: string): Promise<void> {
  await client.send(new PutItemCommand({ TableName, Item: item(userId, room) }));
}

/** It does not any more; forgetting what is forgotten is no error. */
export async function forget(userId: string, room: string): Promise<void> {
  await client.send(new DeleteItemCommand({ TableName, Key: key(userId, room) }));
}

/** A direct room belongs to both from its first message on, whether or not the other is here. */
export async function rememberBoth(users: [string, string], room: string): Promise<void> {
  let pending = users.map((userId) => ({
    PutRequest: { Item: item(userId, room) },
  })) as NonNullable<
    ConstructorParameters<typeof BatchWriteItemCommand>[0]['RequestItems']
  >[string];
  for (let attempt = 0; pending.length > 0; attempt += 1) {
    if (attempt === TRIES) throw new Error('A direct room was left unwritten');
    if (attempt > 0)
      await new Promise((done) => setTimeout(done, Math.random() * 50 * 2 ** attempt));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [TableName]: pending } }),
    );
    pending = UnprocessedItems?.[TableName] ?? [];
  }
}
