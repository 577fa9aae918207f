// The door to rosters in ConnectionsTable: who is in a room now, by leases that pings renew, and when others were last seen.

import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { inBatches, MOST_READS, MOST_WRITES } from './batch.ts';
import { rosterKey } from './connections.ts';
import { env } from './env.ts';
import { REMEMBER_S } from './events.ts';
import { LIMITS, type Member } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

/** A lease is three pings long: two may get lost. */
export const LEASE_MS = 3 * Number(env('PING_AFTER_SECONDS')) * 1000;
/** So many lapsed entries are told of at once: the next look finds the others. */
const MOST_GHOSTS = 25;

/** One connection of somebody, as rosters know it. */
export interface Present {
  userId: string;
  connectionId: string;
  nickname: string;
  /** When its token expires, epoch seconds: nobody is here for longer than they may hear. */
  authExpiresAt?: number;
}

/** Writes or renews the connection's entries. `leaseUntil` is ISO 8601, which the state machine compares as text. */
export async function enter(rooms: string[], who: Present): Promise<void> {
  const now = Date.now();
  const until = Math.min(now + LEASE_MS, (who.authExpiresAt ?? Number.POSITIVE_INFINITY) * 1000);
  const leaseUntil = { S: new Date(until).toISOString() };
  // Lapsed entries wait for who finds them: without one, nobody could tell who left and when.
  const expiresAt = { N: String(Math.ceil(until / 1000) + REMEMBER_S) };
  const at = { S: new Date(now).toISOString() };
  await write(
    rooms.map((room) => ({
      PutRequest: {
        Item: { ...rosterKey(room, who), nickname: { S: who.nickname }, at, leaseUntil, expiresAt },
      },
    })),
  );
}

/** Takes the connection out of rosters; taking out what is not there is no error. */
export async function leave(rooms: string[], who: Omit<Present, 'nickname'>): Promise<void> {
  await write(rooms.map((room) => ({ DeleteRequest: { Key: rosterKey(room, who) } })));
}

/**
 * Renews leases at most once per third of them, by that of the first room: `rooms` stand as they were entered, so that no other
 * ends before it. Answers those that had lapsed: of these others may have been told that this person left. Undefined where
 * nothing was due, and nothing is written.
 */
export async function renew(rooms: string[], who: Present): Promise<string[] | undefined> {
  const [first] = rooms;
  if (first === undefined) return undefined;
  const leftMs = await leaseOf(first, who);
  if (leftMs > (LEASE_MS * 2) / 3) return undefined;
  if (leftMs <= 0) return reenter(rooms, who);
  await enter(rooms, who);
  return [];
}

/** Enters them, and answers those whose leases had lapsed. */
export async function reenter(rooms: string[], who: Present): Promise<string[]> {
  const alive = await leased(rooms, who);
  await enter(rooms, who);
  return rooms.filter((room) => !alive.has(rosterKey(room, who).pk.S));
}

/** The partition keys of the rosters in which it stands with a lease that has not ended. */
async function leased(rooms: string[], who: Present): Promise<Set<string>> {
  const alive = new Set<string>();
  const keys = rooms.map((room): Record<string, AttributeValue> => rosterKey(room, who));
  await inBatches(keys, MOST_READS, async (Keys) => {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }),
    );
    for (const item of Responses?.[TableName] ?? [])
      if (leftOf(item) > 0) alive.add(item.pk?.S ?? '');
    return UnprocessedKeys?.[TableName]?.Keys;
  });
  return alive;
}

/** Milliseconds that are left of it; none where there is no entry. */
async function leaseOf(room: string, who: Present): Promise<number> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: rosterKey(room, who) }));
  return leftOf(Item);
}

const leftOf = (row: Record<string, AttributeValue> | undefined): number =>
  Date.parse(row?.leaseUntil?.S ?? '1970-01-01T00:00:00Z') - Date.now();

export interface Roster {
  /** How many people are online; a lower bound above some 10,000 connections, which one page holds. */
  count: number;
  /** Who, each person once; nobody in a crowd, where every coming would cost a post to each of them. */
  online: Member[];
  /** Connections that never said goodbye, up to 25. */
  ghosts: Ghost[];
}

/** A connection whose lease ended. */
export interface Ghost {
  userId: string;
  connectionId: string;
  nickname: string;
  /** When its lease ended, ISO 8601. */
  leaseUntil: string;
}

/** Takes the ghost's entry out of the roster; false where somebody else did, or it has come to life. */
export async function lay(room: string, ghost: Ghost): Promise<boolean> {
  try {
    await client.send(
      new DeleteItemCommand({
        TableName,
        Key: rosterKey(room, ghost),
        ConditionExpression: 'leaseUntil = :seen',
        ExpressionAttributeValues: { ':seen': { S: ghost.leaseUntil } },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Who is in the room by a live lease, and who stands there though it ended. One page of one Query. */
export async function rosterOf(room: string): Promise<Roster> {
  const people = new Map<string, Member>();
  const ghosts: Ghost[] = [];
  const now = new Date().toISOString();
  for (const row of await page(`roster#${room}`)) {
    const [, userId = '', connectionId = ''] = /^(.*)#(.*)$/.exec(row.sk?.S ?? '') ?? [];
    const nickname = row.nickname?.S ?? '';
    const leaseUntil = row.leaseUntil?.S ?? '';
    if (leaseUntil <= now) {
      if (ghosts.length < MOST_GHOSTS) ghosts.push({ userId, connectionId, nickname, leaseUntil });
      continue;
    }
    const member = { userId, nickname, online: true, at: row.at?.S ?? '' };
    const known = people.get(userId);
    if (known === undefined || known.at < member.at) people.set(userId, member);
  }
  const isCrowd = people.size > LIMITS.crowd;
  return { count: people.size, online: isCrowd ? [] : [...people.values()], ghosts };
}

/** People who were told to have left the room; of the 1 MB that one Query reads. */
export async function lastSeenIn(room: string): Promise<Member[]> {
  const rows = await page(`presence#${room}`, {
    FilterExpression: 'shown = :offline',
    values: { ':offline': { S: 'offline' } },
  });
  return rows.map(({ sk, nickname, seenAt, shownAt }) => ({
    userId: sk?.S ?? '',
    nickname: nickname?.S ?? '',
    online: false,
    at: seenAt?.S ?? shownAt?.S ?? '',
  }));
}

async function page(
  pk: string,
  {
    values = {},
    ...filter
  }: { FilterExpression?: string; values?: Record<string, AttributeValue> } = {},
): Promise<Record<string, AttributeValue>[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ...filter,
      ExpressionAttributeValues: { ...values, ':pk': { S: pk } },
      ConsistentRead: true,
    }),
  );
  return Items;
}

const write = (requests: WriteRequest[]): Promise<void> =>
  inBatches(requests, MOST_WRITES, async (piece) => {
    const RequestItems = { [TableName]: piece };
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    return UnprocessedItems?.[TableName];
  });
