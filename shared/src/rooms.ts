// The door to rooms in ConnectionsTable: which there are, who may find them, and who is in the private ones.

import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { env } from './env.ts';
import type { Role, Visibility } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

const TRIES = 6;

export interface Room {
  room: string;
  title: string;
  visibility: Visibility;
  /** Whose it is: they may always come back. */
  createdBy: string;
}

/** A room as one user finds it: without a role in it where it is public, or they are no member. */
export type Standing = Room & { role?: Role };

const roomKey = (room: string) => ({ pk: { S: `room#${room}` }, sk: { S: 'room' } });
const memberKey = (room: string, userId: string) => ({
  pk: { S: `room#${room}` },
  sk: { S: `member#${userId}` },
});
/** All public rooms stand in one partition, so that they can be listed without a Scan. */
const PUBLIC = { S: 'rooms' };

/** What one user finds of up to 50 rooms (BatchGetItem's 100 keys), read consistently; a room that is not there is absent. */
export async function standings(userId: string, rooms: string[]): Promise<Map<string, Standing>> {
  const items = await batch(
    [...new Set(rooms)].flatMap((room) => [roomKey(room), memberKey(room, userId)]),
  );
  const found = new Map<string, Standing>();
  for (const room of rooms) {
    const of = items.filter(({ pk }) => pk?.S === roomKey(room).pk.S);
    const item = of.find(({ sk }) => sk?.S === 'room');
    if (item === undefined) continue;
    const role = of.find(({ sk }) => sk?.S !== 'room')?.role?.S;
    found.set(room, {
      room,
      title: item.title?.S ?? room,
      visibility: item.visibility?.S === 'private' ? 'private' : 'public',
      createdBy: item.createdBy?.S ?? '',
      ...(role === undefined ? {} : { role: role === 'owner' ? 'owner' : 'member' }),
    });
  }
  return found;
}

/** Makes the room; false if somebody was faster. Its directory entry, or its owner, comes after: making it again mends that. */
export async function makeRoom({ room, title, visibility, createdBy }: Room): Promise<boolean> {
  const isMade = await putNew({
    ...roomKey(room),
    title: { S: title },
    visibility: { S: visibility },
    createdBy: { S: createdBy },
  });
  if (!isMade) return false;
  if (visibility === 'private') await admit(room, createdBy, 'owner');
  else await list(room, title);
  return true;
}

/** Makes somebody a member of a private room; a member stays what they are. */
export async function admit(room: string, userId: string, role: Role): Promise<void> {
  const joinedAt = { S: new Date().toISOString() };
  await putNew({ ...memberKey(room, userId), role: { S: role }, joinedAt });
}

/** From here on they are no member. What they hear already is another door's: `listening.ts`. */
export async function expel(room: string, userId: string): Promise<void> {
  await client.send(new DeleteItemCommand({ TableName, Key: memberKey(room, userId) }));
}

/** Public rooms by name, at most so many. */
export async function publicRooms(limit: number): Promise<{ room: string; title: string }[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :rooms',
      ExpressionAttributeValues: { ':rooms': PUBLIC },
      Limit: limit,
    }),
  );
  return Items.map(({ sk, title }) => ({ room: sk?.S ?? '', title: title?.S ?? sk?.S ?? '' }));
}

async function list(room: string, title: string): Promise<void> {
  await putNew({ pk: PUBLIC, sk: { S: room }, title: { S: title } });
}

async function putNew(Item: Record<string, AttributeValue>): Promise<boolean> {
  try {
    const ConditionExpression = 'attribute_not_exists(pk)';
    await client.send(new PutItemCommand({ TableName, Item, ConditionExpression }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function batch(
  wanted: Record<string, AttributeValue>[],
): Promise<Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  let Keys = wanted;
  for (let attempt = 0; Keys.length > 0; attempt += 1) {
    if (attempt === TRIES) throw new Error(`${Keys.length} rows were left unread`);
    if (attempt > 0)
      await new Promise((done) => setTimeout(done, Math.random() * 50 * 2 ** attempt));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
    );
    items.push(...(Responses?.[TableName] ?? []));
    Keys = UnprocessedKeys?.[TableName]?.Keys ?? [];
  }
  return items;
}
