// The door to what a user may begin with: each new connection draws its bucket from their reserve, so that a new socket is no new burst.

import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { connectionKey } from './connections.ts';
import { env } from './env.ts';
import { LIMITS } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

/** Milliseconds in which the tokens of one whole bucket come back. */
const bucketMs = (1000 * Number(env('MESSAGE_BURST'))) / Number(env('MESSAGES_PER_SECOND'));
/** How far ahead the reserve's `fullAt` may lie for one more bucket to be in it: one for each connection that a user may have. */
const depthMs = (LIMITS.connections - 1) * bucketMs;

/**
 * Call it at a connection's first hello, before it may do anything else. Takes one bucket of tokens out of the user's
 * reserve; where none is left, the connection's own is emptied, and fills at its steady rate. The reserve is one number,
 * as a bucket is (admission.ts): it holds five, and gets one back in the time in which a bucket fills.
 */
export async function drawBucket(
  { userId, connectionId }: { userId: string; connectionId: string },
  nowMs = Date.now(),
): Promise<void> {
  const isDrawn =
    (await draw(userId, nowMs, {
      ConditionExpression: 'attribute_not_exists(fullAt) OR fullAt <= :at',
      UpdateExpression: 'SET fullAt = :at + :bucket, expiresAt = :end',
      at: nowMs,
    })) ||
    (await draw(userId, nowMs, {
      ConditionExpression: 'fullAt <= :at',
      UpdateExpression: 'SET fullAt = fullAt + :bucket, expiresAt = :end',
      at: nowMs + depthMs,
    }));
  if (!isDrawn) await empty(connectionId, nowMs);
}

async function draw(
  userId: string,
  nowMs: number,
  { at, ...write }: { ConditionExpression: string; UpdateExpression: string; at: number },
): Promise<boolean> {
  return update({ pk: { S: `user#${userId}` }, sk: { S: 'reserve' } }, write, {
    ':at': at,
    ':bucket': bucketMs,
    ':end': Math.ceil((nowMs + depthMs + bucketMs) / 1000),
  });
}

/** One that has ended meanwhile needs none. One that another hello was faster on has its own user's bucket. */
async function empty(connectionId: string, nowMs: number): Promise<void> {
  const write = {
    ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(clientId)',
    UpdateExpression: 'SET fullAt = :full',
  };
  await update(connectionKey(connectionId), write, { ':full': nowMs + bucketMs });
}

/** Whether its condition held. */
async function update(
  Key: Record<string, { S: string }>,
  write: { ConditionExpression: string; UpdateExpression: string },
  numbers: Record<string, number>,
): Promise<boolean> {
  const ExpressionAttributeValues = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, { N: String(value) }]),
  );
  try {
    await client.send(
      new UpdateItemCommand({ TableName, Key, ...write, ExpressionAttributeValues }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
