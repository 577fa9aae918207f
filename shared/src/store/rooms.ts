// The store of rooms: which there are, who may find them, and who is in the private ones.

import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LOBBY, type Role, type Visibility } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import { foldLookalikes } from '../rules/lookalikes.ts';
import {
  batchGet,
  dynamo,
  isWritten,
  sendWrite,
  CONNECTIONS_TABLE as TableName,
} from './dynamo.ts';
import {
  lookKey,
  MEMBER_PREFIX,
  memberKey,
  PUBLIC_ROOMS,
  publicRoomKey,
  roomKey,
  roomsMadeKey,
} from './keys.ts';
import { isExpired, yearFromNow } from './ttl.ts';

/** How long the count of a day's rooms is kept: until the day is over wherever it is read. */
const MADE_S = 2 * 24 * 60 * 60;

export interface Room {
  room: string;
  title: string;
  visibility: Visibility;
  /** Whose it is: they may always come back. */
  createdBy: string;
}

/** A room as one user finds it. */
export interface RoomAccess extends Room {
  /** Absent where the room is public, or the user is no member. */
  role?: Role;
  /** Whether the room has the claim on its look, as names fold today. */
  isClaimed: boolean;
}

/** What one user finds of rooms, two keys each, read consistently; a room that is not there, or not yet, is absent. */
export async function readRoomAccess(
  userId: string,
  rooms: string[],
): Promise<Map<string, RoomAccess>> {
  const items = await batchGet(
    [...new Set(rooms)].flatMap((room) => [roomKey(room), memberKey(room, userId)]),
    { ConsistentRead: true },
  );
  const found = new Map<string, RoomAccess>();
  for (const room of rooms) {
    const of = items.filter(({ pk }) => pk?.S === roomKey(room).pk.S);
    const item = of.find(({ sk }) => sk?.S === 'room');
    if (item === undefined || item.pending !== undefined) continue;
    const role = of.find(({ sk, expiresAt }) => sk?.S !== 'room' && !isExpired(expiresAt))?.role?.S;
    found.set(room, {
      room,
      title: item.title?.S ?? room,
      visibility: item.visibility?.S === 'private' ? 'private' : 'public',
      createdBy: item.createdBy?.S ?? '',
      isClaimed: item.look?.S === foldLookalikes(room),
      ...(role === undefined ? {} : { role: role === 'owner' ? 'owner' : 'member' }),
    });
  }
  return found;
}

/**
 * Makes the room, if it is not there and no other has its look; false if its maker has made fifty today. One who fails after
 * it may join it all the same: what a public room needs besides, `listPublicRoom` writes at each joining, and a private one is its
 * maker's by its row.
 *
 * The room is written first, as pending, and is there once the claim names it. So the claim alone decides between rooms that
 * look alike, and a maker that ends anywhere in between leaves a room that the next maker of it completes.
 */
export async function createRoom({ room, title, visibility, createdBy }: Room): Promise<boolean> {
  if (createdBy !== '' && !(await mayMake(createdBy))) return false;
  const isMade = await putNew({
    ...roomKey(room),
    title: { S: title },
    visibility: { S: visibility },
    createdBy: { S: createdBy },
    pending: { BOOL: true },
  });
  const isThere = await claimRoomLook(room);
  if (isMade && isThere && visibility === 'private') await addMember(room, createdBy, 'owner');
  return true;
}

/** The lobby is there before it is made. */
const isLobbys = (look: string): boolean =>
  look.replaceAll('-', '') === foldLookalikes(LOBBY).replaceAll('-', '');

/**
 * Claims the room's look for it; false where another room has it, and then a pending room of this name is deleted. No claim
 * is ever given back, so a name that is refused once can never be there: its row may be deleted whatever came between.
 */
export async function claimRoomLook(room: string): Promise<boolean> {
  const look = foldLookalikes(room);
  const isClaimed =
    (room === LOBBY || !isLobbys(look)) &&
    (await ifAllowed(
      new UpdateItemCommand({
        TableName,
        Key: lookKey(look),
        ConditionExpression: 'attribute_not_exists(pk) OR room = :room',
        UpdateExpression: 'SET room = :room',
        ExpressionAttributeValues: { ':room': { S: room } },
      }),
    ));
  await ifAllowed(
    isClaimed
      ? new UpdateItemCommand({
          TableName,
          Key: roomKey(room),
          ConditionExpression: 'attribute_exists(pk)',
          UpdateExpression: 'SET look = :look REMOVE pending',
          ExpressionAttributeValues: { ':look': { S: look } },
        })
      : new DeleteItemCommand({
          TableName,
          Key: roomKey(room),
          ConditionExpression: 'attribute_exists(pending)',
        }),
  );
  return isClaimed;
}

/** Counts one more room that the user makes; false if that would be too many for a day of UTC. */
async function mayMake(userId: string): Promise<boolean> {
  const day = new Date(Date.now()).toISOString().slice(0, 10);
  return ifAllowed(
    new UpdateItemCommand({
      TableName,
      Key: roomsMadeKey(userId, day),
      ConditionExpression: 'attribute_not_exists(made) OR made < :most',
      UpdateExpression: 'SET expiresAt = :end ADD made :one',
      ExpressionAttributeValues: {
        ':most': { N: String(LIMITS.roomsMade) },
        ':one': { N: '1' },
        ':end': { N: String(Math.floor(Date.now() / 1000) + MADE_S) },
      },
    }),
  );
}

/** Lists a public room for another year. The room itself is for good: made anew, what was said in it could be another's. */
export async function listPublicRoom({ room, title }: Pick<Room, 'room' | 'title'>): Promise<void> {
  const expiresAt = { N: String(yearFromNow()) };
  const Item = { ...publicRoomKey(room), title: { S: title }, expiresAt };
  await dynamo.send(new PutItemCommand({ TableName, Item }));
}

/** Who is a member of a private room, so many rows of them from the one after `after` on, by userId; `next`: there are others after it. */
export async function readMemberIds(
  room: string,
  { most, after }: { most: number; after?: string | undefined },
): Promise<{ members: Set<string>; next?: string }> {
  const start = after === undefined ? {} : { ExclusiveStartKey: memberKey(room, after) };
  const { Items = [], LastEvaluatedKey } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :room AND begins_with(sk, :member)',
      ExpressionAttributeValues: { ':room': roomKey(room).pk, ':member': memberKey(room, '').sk },
      ...start,
      ConsistentRead: true,
      Limit: most,
    }),
  );
  const members = membersIn(Items);
  const last = LastEvaluatedKey?.sk?.S;
  return last === undefined ? { members } : { members, next: userIn(last) };
}

/** Which of these users are members of a private room: half a unit each. */
export async function filterMembers(room: string, userIds: string[]): Promise<Set<string>> {
  const keys = userIds.map((userId) => memberKey(room, userId));
  return membersIn(await batchGet(keys));
}

function membersIn(items: Record<string, AttributeValue>[]): Set<string> {
  const live = items.filter(({ expiresAt }) => !isExpired(expiresAt));
  return new Set(live.map(({ sk }) => userIn(sk?.S ?? '')));
}

const userIn = (sk: string) => sk.slice(MEMBER_PREFIX.length);

/** Makes somebody a member of a private room; a member stays what they are. Answers whether they were none before. */
export async function addMember(room: string, userId: string, role: Role): Promise<boolean> {
  const joinedAt = { S: new Date().toISOString() };
  const expiresAt = { N: String(yearFromNow()) };
  return putNew({ ...memberKey(room, userId), role: { S: role }, joinedAt, expiresAt });
}

/** They stay a member for another year, if they still are one. */
export async function renewMember(room: string, userId: string): Promise<void> {
  await ifAllowed(
    new UpdateItemCommand({
      TableName,
      Key: memberKey(room, userId),
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: 'SET expiresAt = :end',
      ExpressionAttributeValues: { ':end': { N: String(yearFromNow()) } },
    }),
  );
}

/** From here on they are no member. Their subscriptions are another store's: `subscriptions.ts`. */
export async function removeMember(room: string, userId: string): Promise<void> {
  await dynamo.send(new DeleteItemCommand({ TableName, Key: memberKey(room, userId) }));
}

/** Public rooms whose names begin so, by name, from the one after `after` on; `more`: there are others after these. */
export async function readPublicRooms(
  { prefix = '', after }: { prefix?: string; after?: string },
  most: number,
): Promise<{ rooms: { room: string; title: string }[]; more: boolean }> {
  const { Items = [] } = await dynamo.send(
    new QueryCommand({
      TableName,
      // A key of DynamoDB is never empty, and none begins with nothing.
      KeyConditionExpression: `pk = :rooms${prefix === '' ? '' : ' AND begins_with(sk, :prefix)'}`,
      ExpressionAttributeValues: {
        ':rooms': PUBLIC_ROOMS,
        ...(prefix === '' ? {} : { ':prefix': { S: prefix } }),
      },
      ...(after === undefined ? {} : { ExclusiveStartKey: publicRoomKey(after) }),
      Limit: most + 1,
    }),
  );
  const rooms = Items.map(({ sk, title }) => ({
    room: sk?.S ?? '',
    title: title?.S ?? sk?.S ?? '',
  }));
  return { rooms: rooms.slice(0, most), more: rooms.length > most };
}

/** Where none is, or one that has run out. */
const putNew = (Item: Record<string, AttributeValue>): Promise<boolean> =>
  ifAllowed(
    new PutItemCommand({
      TableName,
      Item,
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) } },
    }),
  );

const ifAllowed = (
  command: PutItemCommand | UpdateItemCommand | DeleteItemCommand,
): Promise<boolean> => isWritten(sendWrite(command));
