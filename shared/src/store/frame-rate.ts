// The rate of one connection: each frame takes a token, in the write that also reads the connection.

import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { publishBestEffort } from '../bus.ts';
import { env } from '../env.ts';
import { Refused } from '../protocol/errors.ts';
import { LIMITS } from '../protocol/limits.ts';
import { type Connection, parseConnection } from './connections.ts';
import { dynamo, CONNECTIONS_TABLE as TableName } from './dynamo.ts';
import { connectionKey } from './keys.ts';
import { type BucketRow, takeToken } from './token-bucket.ts';

/** Milliseconds in which one token comes back. */
const everyMs = 1000 / Number(env('MESSAGES_PER_SECOND'));
const size = Number(env('MESSAGE_BURST'));

/** Connections whose refusals one sandbox counts; beyond them the oldest is forgotten. */
const MOST_COUNTED = 10_000;
/** The refusals of each connection that this sandbox saw, and when it began to count them, epoch milliseconds. */
const refusals = new Map<string, { count: number; sinceMs: number }>();

/**
 * Takes one token and answers the connection. Throws `NotConnected` where it has ended or expired; what `check` throws, to
 * which the row alone says no; and `RateLimited` with the milliseconds until the next token. Each names the message `ref`.
 * A refusal costs one call. `LIMITS.refusals` of them within a minute end the socket.
 */
export async function takeFrameToken(
  connectionId: string,
  ref: string | null = null,
  check: (speaker: Connection) => void = () => undefined,
  nowMs = Date.now(),
): Promise<Connection> {
  const seconds = Math.floor(nowMs / 1000);
  const found = (row: BucketRow | undefined): Connection => {
    if (row === undefined || Number(row.expiresAt?.N ?? 0) <= seconds)
      throw new Refused('NotConnected', { ref });
    const speaker = parseConnection(connectionId, row);
    check(speaker);
    return speaker;
  };
  const bucket = {
    ...{ Key: connectionKey(connectionId), size, everyMs },
    condition: 'expiresAt > :seconds',
    // Not by each good frame: one token is back after half a second, and twenty bad frames take less.
    alsoWhenFull: ' REMOVE badFrames',
    values: { ':seconds': { N: String(seconds) } },
  };
  try {
    const { row, afterMs } = await takeToken(bucket, nowMs, found);
    if (afterMs > 0) throw new Refused('RateLimited', { ref, afterMs });
    return found(row);
  } catch (error) {
    if (error instanceof Refused) await countRefusal(connectionId, nowMs);
    throw error;
  }
}

/**
 * To be called for a frame that cannot be read: it empties the bucket, which one write can do whatever is in it.
 * `LIMITS.badFrames` of them end the socket, unless the bucket was full in between, and so do `LIMITS.refusals` within a minute.
 * Never throws: the sender is told what was wrong with the frame.
 */
export async function penalizeBadFrame(connectionId: string, nowMs = Date.now()): Promise<void> {
  try {
    const { Attributes } = await dynamo.send(
      new UpdateItemCommand({
        ...{ TableName, Key: connectionKey(connectionId) },
        ConditionExpression: 'expiresAt > :seconds',
        UpdateExpression: 'SET fullAt = :empty ADD badFrames :one',
        ExpressionAttributeValues: {
          ':seconds': { N: String(Math.floor(nowMs / 1000)) },
          ':empty': { N: String(nowMs + size * everyMs) },
          ':one': { N: '1' },
        },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    const isLast = Number(Attributes?.badFrames?.N) % LIMITS.badFrames === 0;
    if (isLast) await publishBestEffort('ConnectionMisused', { connectionId });
    // A good frame in between ends the row of bad ones, and not this count.
    else await countRefusal(connectionId, nowMs);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) await countRefusal(connectionId, nowMs);
    else console.warn({ message: 'a bad frame was not counted', connectionId, error });
  }
}

/** Counted in this sandbox alone, because a call would double what a refusal costs. */
async function countRefusal(connectionId: string, nowMs: number): Promise<void> {
  const before = refusals.get(connectionId);
  const isRecent = before !== undefined && nowMs - before.sinceMs < LIMITS.refusalsMs;
  const { count, sinceMs } = isRecent ? before : { count: 0, sinceMs: nowMs };
  refusals.delete(connectionId);
  refusals.set(connectionId, { count: count + 1, sinceMs });
  const [oldest] = refusals.size > MOST_COUNTED ? refusals.keys() : [];
  if (oldest !== undefined) refusals.delete(oldest);
  if ((count + 1) % LIMITS.refusals === 0)
    await publishBestEffort('ConnectionMisused', { connectionId });
}
