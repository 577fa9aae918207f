// The store of presence: rosters by leases that pings renew, and when others were last seen.

import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { env } from '../env.ts';
import { REMEMBER_S } from '../events.ts';
import type { Member } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import {
  batchGet,
  batchWrite,
  deleteRequest,
  dynamo,
  isWritten,
  putRequest,
  CONNECTIONS_TABLE as TableName,
} from './dynamo.ts';
import { crowdKey, presenceKey, rosterKey } from './keys.ts';

/** A lease is three pings long: two may get lost. */
export const PRESENCE_LEASE_MS = 3 * Number(env('PING_AFTER_SECONDS')) * 1000;
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
export async function addPresence(rooms: string[], who: Present): Promise<void> {
  const now = Date.now();
  const until = Math.min(
    now + PRESENCE_LEASE_MS,
    (who.authExpiresAt ?? Number.POSITIVE_INFINITY) * 1000,
  );
  const leaseUntil = { S: new Date(until).toISOString() };
  // Lapsed entries wait for who finds them: without one, nobody could tell who left and when.
  const expiresAt = { N: String(Math.ceil(until / 1000) + REMEMBER_S) };
  const at = { S: new Date(now).toISOString() };
  await batchWrite(
    rooms.map((room) =>
      putRequest({
        ...rosterKey(room, who),
        nickname: { S: who.nickname },
        at,
        leaseUntil,
        expiresAt,
      }),
    ),
  );
}

/** Takes the connection out of rosters; taking out what is not there is no error. */
export async function removePresence(
  rooms: string[],
  who: Omit<Present, 'nickname'>,
): Promise<void> {
  await batchWrite(rooms.map((room) => deleteRequest(rosterKey(room, who))));
}

/**
 * Renews leases at most once per third of them, by that of the first room: `rooms` stand as they were entered, so that no other
 * ends before it. Answers those that had lapsed: of these others may have been told that this person left. Undefined where
 * nothing was due, and nothing is written.
 */
export async function renewPresence(rooms: string[], who: Present): Promise<string[] | undefined> {
  const [first] = rooms;
  if (first === undefined) return undefined;
  const leftMs = await leaseOf(first, who);
  if (leftMs > (PRESENCE_LEASE_MS * 2) / 3) return undefined;
  if (leftMs <= 0) return renewOrAddPresence(rooms, who);
  await addPresence(rooms, who);
  return [];
}

/** Enters them, and answers those whose leases had lapsed. */
export async function renewOrAddPresence(rooms: string[], who: Present): Promise<string[]> {
  const alive = await leased(rooms, who);
  await addPresence(rooms, who);
  return rooms.filter((room) => !alive.has(rosterKey(room, who).pk.S));
}

/** The partition keys of the rosters in which it stands with a lease that has not ended. */
async function leased(rooms: string[], who: Present): Promise<Set<string>> {
  const found = await batchGet(rooms.map((room) => rosterKey(room, who)));
  return new Set(found.flatMap((item) => (leftOf(item) > 0 ? [item.pk?.S ?? ''] : [])));
}

/** Milliseconds that are left of it; none where there is no entry. */
async function leaseOf(room: string, who: Present): Promise<number> {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: rosterKey(room, who) }));
  return leftOf(Item);
}

const leftOf = (row: Record<string, AttributeValue> | undefined): number =>
  Date.parse(row?.leaseUntil?.S ?? '1970-01-01T00:00:00Z') - Date.now();

export interface Roster {
  /** How many people are online; a lower bound above some 10,000 connections, which one page holds. Of a crowd, up to 10 s old. */
  count: number;
  /** Who, each person once; nobody in a crowd, where every coming would cost a post to each of them. */
  online: Member[];
  /** Connections that never said goodbye, up to 25. */
  ghosts: ExpiredPresence[];
}

/** A connection whose lease ended. */
export interface ExpiredPresence {
  userId: string;
  connectionId: string;
  nickname: string;
  /** When its lease ended, ISO 8601. */
  leaseUntil: string;
}

/** Takes the ghost's entry out of the roster; false where somebody else did, or it has come to life. */
export async function removeExpired(room: string, ghost: ExpiredPresence): Promise<boolean> {
  return isWritten(
    dynamo.send(
      new DeleteItemCommand({
        TableName,
        Key: rosterKey(room, ghost),
        ConditionExpression: 'leaseUntil = :seen',
        ExpressionAttributeValues: { ':seen': { S: ghost.leaseUntil } },
      }),
    ),
  );
}

/**
 * Who is in the room by a live lease, and who stands there though it ended. Read in steps, until it is a crowd. What is
 * longer is read to its end once in ten seconds, whoever asks. The others are told the count that was kept then.
 */
export async function readRoster(room: string): Promise<Roster> {
  const reading = beginRoster();
  let after = await step(room, reading, { Limit: FIRST_STEP });
  if (after === undefined) return rosterIn(reading);
  const kept = await countKept(room);
  if (kept !== undefined && isFresh(kept) && kept.count > LIMITS.crowd)
    return { ...rosterIn(reading), online: [], count: kept.count };
  for (const Limit of NEXT_STEPS) {
    if (reading.people.size > LIMITS.crowd) break;
    after = await step(room, reading, { after, Limit });
    if (after === undefined) return rosterIn(reading);
  }
  const least = Math.max(reading.people.size, kept?.count ?? 0);
  if (!(await mayCount(room, least))) {
    const roster = rosterIn(reading);
    return { ...roster, count: Math.max(roster.count, least) };
  }
  await step(room, reading, { after });
  const roster = rosterIn(reading);
  await keepCount(room, roster.count);
  return roster;
}

/** Rows of a step: a small room is whole after the first, and a hundred people on five connections each after the last. */
const FIRST_STEP = 25;
const NEXT_STEPS = [100, 400];
/** So long the count of a crowd holds. */
const COUNTED_MS = 10_000;

interface ReadSoFar {
  people: Map<string, Member>;
  ghosts: ExpiredPresence[];
  now: string;
}
const beginRoster = (): ReadSoFar => ({
  people: new Map(),
  ghosts: [],
  now: new Date().toISOString(),
});
const rosterIn = ({ people, ghosts }: ReadSoFar): Roster => ({
  count: people.size,
  online: people.size > LIMITS.crowd ? [] : [...people.values()],
  ghosts,
});

/** Reads on, at most 1 MB; answers after which row the next step begins, undefined at the end. */
async function step(
  room: string,
  { people, ghosts, now }: ReadSoFar,
  { after, Limit }: { after?: string; Limit?: number },
): Promise<string | undefined> {
  const { pk } = rosterKey(room, { userId: '', connectionId: '' });
  const { Items = [], LastEvaluatedKey } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ...(after === undefined ? {} : { ExclusiveStartKey: { pk, sk: { S: after } } }),
      ConsistentRead: true,
      Limit,
    }),
  );
  for (const row of Items) {
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
  return LastEvaluatedKey?.sk?.S;
}

/** The count of a crowd, and when somebody last began to count (epoch milliseconds). */
interface Counted {
  count: number;
  countedAt: number;
}
const isFresh = ({ countedAt }: Counted) => countedAt > Date.now() - COUNTED_MS;

async function countKept(room: string): Promise<Counted | undefined> {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: crowdKey(room) }));
  if (Item === undefined) return undefined;
  return { count: Number(Item.people?.N ?? 0), countedAt: Number(Item.countedAt?.N ?? 0) };
}

/** Whether it is this caller's turn to count: nobody's was within ten seconds. Others are told `least` until it is done. */
async function mayCount(room: string, least: number): Promise<boolean> {
  const now = Date.now();
  return isWritten(
    dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: crowdKey(room),
        ConditionExpression: 'attribute_not_exists(countedAt) OR countedAt <= :before',
        UpdateExpression: 'SET countedAt = :now, people = :least, expiresAt = :end',
        ExpressionAttributeValues: {
          ':before': { N: String(now - COUNTED_MS) },
          ':now': { N: String(now) },
          ':least': { N: String(least) },
          ':end': { N: String(Math.ceil(now / 1000) + REMEMBER_S) },
        },
      }),
    ),
  );
}

async function keepCount(room: string, count: number): Promise<void> {
  await dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: crowdKey(room),
      UpdateExpression: 'SET people = :count',
      ExpressionAttributeValues: { ':count': { N: String(count) } },
    }),
  );
}

export interface LastSeenPage {
  /** Who was told to have left the room, the latest first. */
  away: Member[];
  /** Rows that were read for them. */
  read: number;
  /** Pass it back for those before; absent where there are none. */
  next?: Record<string, AttributeValue>;
}

/** People who were seen in the room last: those away among so many rows, from the latest on. Read eventually consistent. */
export async function readLastSeen(
  room: string,
  { most, from }: { most: number; from?: LastSeenPage['next'] },
): Promise<LastSeenPage> {
  const { Items = [], LastEvaluatedKey } = await dynamo.send(
    new QueryCommand({
      TableName,
      IndexName: 'BySeenAt',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': presenceKey(room, '').pk },
      ScanIndexForward: false,
      ExclusiveStartKey: from,
      Limit: most,
    }),
  );
  return {
    away: awayIn(Items),
    read: Items.length,
    ...(LastEvaluatedKey === undefined ? {} : { next: LastEvaluatedKey }),
  };
}

/** Those of these users who were told to have left the room; half a unit each. */
export async function readLastSeenOf(room: string, userIds: string[]): Promise<Member[]> {
  return awayIn(await batchGet(userIds.map((userId) => presenceKey(room, userId))));
}

const awayIn = (items: Record<string, AttributeValue>[]): Member[] =>
  items
    .filter(({ shown }) => shown?.S === 'offline')
    .map(({ sk, nickname, seenAt }) => ({
      userId: sk?.S ?? '',
      nickname: nickname?.S ?? '',
      online: false,
      at: seenAt?.S ?? '',
    }));
