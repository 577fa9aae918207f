// What a user may do in all, however many sockets they open: buckets of tokens for new connections, and changes of name.

import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { takeToken } from './bucket.ts';
import { connectionKey } from './connections.ts';
import { env } from './env.ts';
import { LIMITS } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

/** Milliseconds in which the tokens of one whole bucket come back. */
const bucketMs = (1000 * Number(env('MESSAGE_BURST'))) / Number(env('MESSAGES_PER_SECOND'));

/**
 * Call it at a connection's first hello, before it may do anything else. Takes one bucket of tokens out of the user's
 * reserve, which holds one for each connection that a user may have. Where none is left, the connection's own bucket is
 * emptied, and fills at its steady rate.
 */
export async function drawBucket(
  { userId, connectionId }: { userId: string; connectionId: string },
  nowMs = Date.now(),
): Promise<void> {
  const reserve = {
    Key: { pk: { S: `user#${userId}` }, sk: { S: 'reserve' } },
    ...{ size: LIMITS.connections, everyMs: bucketMs },
    also: ', expiresAt = :end',
    values: { ':end': { N: String(Math.ceil((nowMs + LIMITS.connections * bucketMs) / 1000)) } },
  };
  const { afterMs } = await takeToken(reserve, nowMs);
  if (afterMs > 0) await empty(connectionId, nowMs);
}

/**
 * Milliseconds until the user may change their nickname again; 0 where they may now, which is counted. A change is told in
 * every room of theirs, up to 5,000 posts for one frame, so it has a bucket of its own.
 */
export async function waitToRename(userId: string, nowMs = Date.now()): Promise<number> {
  const { renames: size, renameMs: everyMs } = LIMITS;
  const { afterMs } = await takeToken(
    {
      Key: { pk: { S: `user#${userId}` }, sk: { S: 'renames' } },
      ...{ size, everyMs },
      also: ', expiresAt = :end',
      values: { ':end': { N: String(Math.ceil((nowMs + size * everyMs) / 1000)) } },
    },
    nowMs,
  );
  return afterMs;
}

/** One that has ended meanwhile needs none. One that another hello was faster on has its own user's bucket. */
async function empty(connectionId: string, nowMs: number): Promise<void> {
  try {
    await client.send(
      new UpdateItemCommand({
        ...{ TableName, Key: connectionKey(connectionId) },
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(clientId)',
        UpdateExpression: 'SET fullAt = :full',
        ExpressionAttributeValues: { ':full': { N: String(nowMs + bucketMs) } },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
