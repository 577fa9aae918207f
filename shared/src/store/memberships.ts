// The store of memberships: the rooms that a user has joined, which come back on every device, and the invitations that wait.

import {
  DeleteItemCommand,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Refused } from '../protocol/errors.ts';
import type { Invitation } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import {
  batchWrite,
  deleteRequest,
  dynamo,
  isWritten,
  putRequest,
  CONNECTIONS_TABLE as TableName,
} from './dynamo.ts';
import {
  INVITED,
  INVITED_PREFIX,
  invitedKey,
  invitedRowKey,
  invitesMadeKey,
  JOINED_PREFIX,
  membershipKey,
  userPartition,
} from './keys.ts';
import { isExpired, shouldRenew, yearFromNow } from './ttl.ts';

const DAY_S = 24 * 60 * 60;
/** How long an invitation waits for its answer; who is a member may join after it as well. */
const INVITED_S = 30 * DAY_S;
/** Those kept of each kind: some 20 KB at most. The oldest of a stranger gives way, then the oldest. */
const MOST_OPEN = 50;
const TRIES = 10;

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
  const { Items = [] } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :room)',
      ExpressionAttributeValues: { ':user': userPartition(userId), ':room': { S: JOINED_PREFIX } },
      ConsistentRead: true,
    }),
  );
  const all = Items.filter(({ expiresAt }) => !isExpired(expiresAt))
    .map(({ sk, expiresAt }) => ({
      room: (sk?.S ?? '').slice(JOINED_PREFIX.length),
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
      Key: membershipKey(userId, room),
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: 'SET expiresAt = :end',
      ExpressionAttributeValues: { ':end': { N: String(yearFromNow()) } },
    }),
  );
}

/** The room comes back at the user's next hello, and no invitation to it waits any more. */
export async function addMembership(userId: string, room: string): Promise<void> {
  const expiresAt = { N: String(yearFromNow()) };
  await batchWrite([
    putRequest({ ...membershipKey(userId, room), expiresAt }),
    deleteRequest(invitedRowKey(userId, room)),
  ]);
  await answer(userId, room);
}

/** It does not any more, joined or only invited to; forgetting what is forgotten is no error. */
export async function removeMembership(userId: string, room: string): Promise<void> {
  await batchWrite([
    deleteRequest(membershipKey(userId, room)),
    deleteRequest(invitedRowKey(userId, room)),
  ]);
  await answer(userId, room);
}

/** What was written for who was removed meanwhile; an invitation that came after stands. */
export async function dropMembership(userId: string, room: string): Promise<void> {
  await dynamo.send(new DeleteItemCommand({ TableName, Key: membershipKey(userId, room) }));
}

/** Counts one more invitation that the user makes; false if that would be too many for a day of UTC. */
export async function takeInvitationToken(userId: string): Promise<boolean> {
  const now = Date.now();
  return ifAllowed(
    new UpdateItemCommand({
      TableName,
      Key: invitesMadeKey(userId, new Date(now).toISOString().slice(0, 10)),
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
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName, Key: invitedKey(userId), ConsistentRead: true }),
    );
    const before = Item?.open?.S;
    const after = to(openIn(before));
    if (after === undefined) return false;
    const written = await ifAllowed(
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
    if (written) return true;
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
  const { Items = [] } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :invited)',
      ExpressionAttributeValues: { ':user': userPartition(userId), ':invited': { S: INVITED } },
      Limit: 1 + MOST_OPEN,
    }),
  );
  const rows = Items.filter(({ sk, expiresAt }) => sk?.S !== INVITED && !isExpired(expiresAt)).map(
    ({ sk, by, expiresAt }) => ({
      room: (sk?.S ?? '').slice(INVITED_PREFIX.length),
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

const ifAllowed = (command: UpdateItemCommand): Promise<boolean> => isWritten(dynamo.send(command));
