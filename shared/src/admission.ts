// The door to a connection's bucket: one write takes a token and answers who speaks, so that the rate costs no call of its own.

import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Connection, connectionIn, connectionKey, find } from './connections.ts';
import { env } from './env.ts';
import { Refused } from './protocol.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

/** Milliseconds in which one token comes back. */
const everyMs = 1000 / Number(env('MESSAGES_PER_SECOND'));
/** How far ahead a bucket's `fullAt` may lie for a token to be left in it. */
const depthMs = (Number(env('MESSAGE_BURST')) - 1) * everyMs;

/**
 * Takes one token; answers the connection, or undefined where it has ended or expired. Throws `RateLimited` with the
 * milliseconds until the next token, about the message `ref`.
 *
 * The bucket is one number, the time at which it will be full (the "generic cell rate algorithm"): who finds it full
 * needs this one write, who comes sooner a second, because an update expression has no maximum.
 */
export async function admit(
  connectionId: string,
  ref: string | null,
  nowMs = Date.now(),
): Promise<Connection | undefined> {
  const full = await take(connectionId, nowMs, {
    ConditionExpression: 'expiresAt > :seconds AND (attribute_not_exists(fullAt) OR fullAt <= :at)',
    UpdateExpression: 'SET fullAt = :at + :every',
    at: nowMs,
  });
  if (full !== undefined) return full;
  const part = await take(connectionId, nowMs, {
    ConditionExpression: 'expiresAt > :seconds AND fullAt <= :at',
    UpdateExpression: 'SET fullAt = fullAt + :every',
    at: nowMs + depthMs,
  });
  if (part !== undefined) return part;
  const connection = await find(connectionId);
  if (connection === undefined) return undefined;
  const afterMs = Math.max(1, Math.ceil((connection.fullAt ?? 0) - depthMs - nowMs));
  throw new Refused('RateLimited', { ref, afterMs });
}

async function take(
  connectionId: string,
  nowMs: number,
  { at, ...write }: { ConditionExpression: string; UpdateExpression: string; at: number },
): Promise<Connection | undefined> {
  try {
    const { Attributes = {} } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: connectionKey(connectionId),
        ...write,
        ExpressionAttributeValues: {
          ':seconds': { N: String(Math.floor(nowMs / 1000)) },
          ':at': { N: String(at) },
          ':every': { N: String(everyMs) },
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return connectionIn(connectionId, Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
