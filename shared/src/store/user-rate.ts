// The rates of one user over all connections: tokens for new connections, and changes of nickname.

import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { env } from '../env.ts';
import { LIMITS } from '../protocol/limits.ts';
import { dynamo, ifCondition, CONNECTIONS_TABLE as TableName } from './dynamo.ts';
import { connectionKey, renamesKey, reserveKey } from './keys.ts';

import { takeToken } from './token-bucket.ts';

/** Milliseconds in which one token comes back. */
const everyMs = 1000 / Number(env('MESSAGES_PER_SECOND'));
/** The same of a whole bucket. */
const bucketMs = Number(env('MESSAGE_BURST')) * everyMs;

/**
 * Call it at a connection's first hello, before it may do anything else. Takes one bucket of tokens out of the user's
 * reserve, which holds one for each connection that a user may have. Where none is left, the connection's own bucket is
 * emptied, and fills at its steady rate.
 */
export async function takeUserBucket(
  { userId, connectionId }: { userId: string; connectionId: string },
  nowMs = Date.now(),
): Promise<void> {
  const reserve = {
    Key: reserveKey(userId),
    ...{ size: LIMITS.connections, everyMs: bucketMs },
    also: ', expiresAt = :end',
    values: { ':end': { N: String(Math.ceil((nowMs + LIMITS.connections * bucketMs) / 1000)) } },
  };
  const { afterMs } = await takeToken(reserve, nowMs);
  if (afterMs > 0) await emptyBucket(connectionId, nowMs);
}

/**
 * Milliseconds until the user may change their nickname again; 0 where they may now, which is counted. A change is told in
 * every room of theirs, up to 5,000 posts for one frame, so it has a bucket of its own.
 */
export async function takeRenameToken(userId: string, nowMs = Date.now()): Promise<number> {
  const { renames: size, renameMs: everyMs } = LIMITS;
  const { afterMs } = await takeToken(
    {
      Key: renamesKey(userId),
      ...{ size, everyMs },
      also: ', expiresAt = :end',
      values: { ':end': { N: String(Math.ceil((nowMs + size * everyMs) / 1000)) } },
    },
    nowMs,
  );
  return afterMs;
}

/**
 * Takes a token for each room that a later hello enters or leaves, as `join` and `leave` would. They need not be there: the
 * connection waits for them afterwards. A first hello is bounded by the handshakes of its address.
 */
export async function chargeRoomChanges(connectionId: string, rooms: number): Promise<void> {
  if (rooms === 0) return;
  await updateIfExists(
    new UpdateItemCommand({
      ...{ TableName, Key: connectionKey(connectionId) },
      ConditionExpression: 'attribute_exists(fullAt)',
      UpdateExpression: 'SET fullAt = fullAt + :ms',
      ExpressionAttributeValues: { ':ms': { N: String(rooms * everyMs) } },
    }),
  );
}

/** One that has ended meanwhile needs none. One that another hello was faster on has its own user's bucket. */
async function emptyBucket(connectionId: string, nowMs: number): Promise<void> {
  await updateIfExists(
    new UpdateItemCommand({
      ...{ TableName, Key: connectionKey(connectionId) },
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(clientId)',
      UpdateExpression: 'SET fullAt = :full',
      ExpressionAttributeValues: { ':full': { N: String(nowMs + bucketMs) } },
    }),
  );
}

async function updateIfExists(write: UpdateItemCommand): Promise<void> {
  await ifCondition(dynamo.send(write));
}
