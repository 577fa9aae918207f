// The door to a user's rooms in ConnectionsTable: those that come back after a reload and on another device, and those that wait for a yes.

import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { env } from '../env.ts';
import { Refused } from '../protocol/errors.ts';
import type { Invitation } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import { MAX_BATCH_WRITES, runInBatches } from './batch.ts';
import { isExpired, shouldRenew, yearFromNow } from './ttl.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

const PREFIX = 'room#';
/** One row with all open invitations of a user, so that its bounds hold however many invite at once. */
const INVITED = 'invited';
/** Rows from before: one for each invitation, for 30 days. */
const INVITED_ROW = 'invited#';
const DAY_S = 24 * 60 * 60;
/** How long an invitation waits for its answer; who is a member may join after it as well. */
const INVITED_S = 30 * DAY_S;
/** Those kept of each kind: some 20 KB at most. The oldest of a stranger gives way, then the oldest. */
const MOST_OPEN = 50;
const TRIES = 10;

const key = (userId: string, room: string) => ({
  pk: { S: `user#${userId}` },
  sk: { S: PREFIX + room },
});
const invitedKey = (userId: string) => ({ pk: key(userId, '').pk, sk: { S: INVITED } });
const invitedRowKey = (userId: string, room: string) => ({
  pk: key(userId, room).pk,
  sk: { S: INVITED_ROW + room },
});

/** As it is kept. */
interface Open extends Invitation {
  /** When it was made, epoch milliseconds. */
  at: number;
  /** To a private room: a welcome tells it. One to a public room only counts, for a day. */
  isKept: boolean;
  /** The user had written to who invited. Absent in rows from before. */
  isKnown?: boolean;
}

export interface Memberships {
  /** Rooms that were joined, by name: at most 50. */
  rooms: string[];
  /** Those of them that are to be renewed. */
  stale: string[];
}

/** Read consistently, in one Query: `join` lets nobody into so many rooms that they fill its 1 MB. */
export async function readMemberships(userId: string): Promise<Memberships> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :room)',
      ExpressionAttributeValues: { ':user': key(userId, '').pk, ':room': { S: PREFIX } },
      ConsistentRead: true,
    }),
  );
  const all = Items.filter(({ expiresAt }) => !isExpired(expiresAt))
    .map(({ sk, expiresAt }) => ({
      room: (sk?.S ?? '').slice(PREFIX.length),
      isStale: shouldRenew(Number(expiresAt?.N ?? 0)),
    }))
    .slice(0, LIMITS.rooms);
  return {
    rooms: all.map(({ room }) => room),
    stale: all.flatMap((one) => (one.isStale ? [one.room] : [])),
  };
}

/** The room stays the user's for another year, unless they have left it meanwhile. */
export async function renewMembership(userId: string, room: string): Promise<void> {
  await ifAllowed(
    new UpdateItemCommand({
      TableName,
      Key: key(userId, room),
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: 'SET expiresAt = :end',
      ExpressionAttributeValues: { ':end': { N: String(yearFromNow()) } },
    }),
  );
}

/** The room comes back at the user's next hello, and no invitation to it waits any more. */
export async function addMembership(userId: string, room: string): Promise<void> {
  const expiresAt = { N: String(yearFromNow()) };
  await writeAll([
    { PutRequest: { Item: { ...key(userId, room), expiresAt } } },
    { DeleteRequest: { Key: invitedRowKey(userId, room) } },
  ]);
  await answer(userId, room);
}

/** It does not any more, joined or only invited to; forgetting what is forgotten is no error. */
export async function removeMembership(userId: string, room: string): Promise<void> {
  await writeAll([
    { DeleteRequest: { Key: key(userId, room) } },
    { DeleteRequest: { Key: invitedRowKey(userId, room) } },
  ]);
  await answer(userId, room);
}

/** What was written for who was removed meanwhile; an invitation that came after stands. */
export async function dropMembership(userId: string, room: string): Promise<void> {
  await client.send(new DeleteItemCommand({ TableName, Key: key(userId, room) }));
}

/** Counts one more invitation that the user makes; false if that would be too many for a day of UTC. */
export async function takeInvitationToken(userId: string): Promise<boolean> {
  const now = Date.now();
  return ifAllowed(
    new UpdateItemCommand({
      TableName,
      Key: { ...key(userId, ''), sk: { S: `invites#${new Date(now).toISOString().slice(0, 10)}` } },
      ConditionExpression: 'attribute_not_exists(made) OR made < :most',
      UpdateExpression: 'SET expiresAt = :end ADD made :one',
      ExpressionAttributeValues: {
        ':most': { N: String(LIMITS.invitationsMade) },
        ':one': { N: '1' },
        ':end': { N: String(Math.floor(now / 1000) + 2 * DAY_S) },
      },
    }),
  );
}

/**
 * Kept apart from the user's rooms, so that strangers fill nobody's fifty: the room is theirs when they join. False where three
 * of the same inviter wait already. One to the same room takes the place of the one before.
 */
export const createInvitation = (
  userId: string,
  { room, by, isKept, isKnown }: Required<Omit<Open, 'at'>>,
): Promise<boolean> =>
  changeOpen(userId, (open) => {
    const others = open.filter((one) => one.room !== room);
    if (others.filter((one) => one.by === by).length >= LIMITS.invitationsEach) return undefined;
    const all = [...others, { room, by, at: Date.now(), isKept, isKnown }];
    return [true, false].flatMap((kind) => bounded(all.filter((one) => one.isKept === kind)));
  });

/** Made-up guests must push nobody's real invitation out. */
function bounded(open: Open[]): Open[] {
  if (open.length <= MOST_OPEN) return open;
  const gives = open.find(({ isKnown }) => isKnown !== true) ?? open[0];
  return bounded(open.filter((one) => one !== gives));
}

/** No invitation to the room waits any more. */
const answer = (userId: string, room: string): Promise<boolean> =>
  changeOpen(userId, (open) =>
    open.some((one) => one.room === room) ? open.filter((one) => one.room !== room) : undefined,
  );

/** False where `to` changes nothing. Throws `Busy` where others change them again and again. */
async function changeOpen(
  userId: string,
  to: (open: Open[]) => Open[] | undefined,
): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: invitedKey(userId), ConsistentRead: true }),
    );
    const before = Item?.open?.S;
    const after = to(openIn(before));
    if (after === undefined) return false;
    const isWritten = await ifAllowed(
      new UpdateItemCommand({
        TableName,
        Key: invitedKey(userId),
        ConditionExpression:
          before === undefined ? 'attribute_not_exists(#open)' : '#open = :before',
        UpdateExpression: 'SET #open = :after, expiresAt = :end',
        ExpressionAttributeNames: { '#open': 'open' },
        ExpressionAttributeValues: {
          ...(before === undefined ? {} : { ':before': { S: before } }),
          ':after': { S: JSON.stringify(after) },
          ':end': { N: String(Math.floor(Date.now() / 1000) + INVITED_S) },
        },
      }),
    );
    if (isWritten) return true;
  }
  throw new Refused('Busy');
}

/** Those that have not run out, the oldest first. */
function openIn(kept: string | undefined): Open[] {
  const open = JSON.parse(kept ?? '[]') as Open[];
  const waits = ({ isKept }: Open) => (isKept ? INVITED_S : DAY_S) * 1000;
  return open.filter((one) => one.at + waits(one) > Date.now());
}

/** Those to private rooms that wait for an answer, the newest first, in one Query, read eventually consistent. */
export async function readInvitations(userId: string): Promise<Invitation[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :invited)',
      ExpressionAttributeValues: { ':user': key(userId, '').pk, ':invited': { S: INVITED } },
      Limit: 1 + MOST_OPEN,
    }),
  );
  const rows = Items.filter(({ sk, expiresAt }) => sk?.S !== INVITED && !isExpired(expiresAt)).map(
    ({ sk, by, expiresAt }) => ({
      room: (sk?.S ?? '').slice(INVITED_ROW.length),
      by: by?.S ?? '',
      at: (Number(expiresAt?.N ?? 0) - INVITED_S) * 1000,
    }),
  );
  const open = openIn(Items.find(({ sk }) => sk?.S === INVITED)?.open?.S);
  const known = new Set(open.map(({ room }) => room));
  return [...open.filter(({ isKept }) => isKept), ...rows.filter(({ room }) => !known.has(room))]
    .sort((a, b) => b.at - a.at)
    .map(({ room, by }) => ({ room, by }));
}

const writeAll = (requests: WriteRequest[]): Promise<void> =>
  runInBatches(requests, MAX_BATCH_WRITES, async (piece) => {
    const RequestItems = { [TableName]: piece };
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    return UnprocessedItems?.[TableName];
  });

async function ifAllowed(command: UpdateItemCommand): Promise<boolean> {
  try {
    await client.send(command);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
