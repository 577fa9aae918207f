// The door to client leases: of all connections of one client, the one with the highest epoch lives.

import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LIFE_S } from './connections.ts';
import { env } from './env.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

export interface Client {
  userId: string;
  clientId: string;
  epoch: number;
  connectionId: string;
}

/**
 * Takes the lease for this connection; answers the connections it takes it from (their sockets may have ended long since),
 * or undefined where another connection came with the same or a higher epoch.
 *
 * Two connections, not one: whoever held the lease may have failed before it could tell its own predecessor.
 */
export async function takeLease(taker: Client): Promise<string[] | undefined> {
  const { userId, clientId, epoch, connectionId } = taker;
  const nowS = Math.floor(Date.now() / 1000);
  try {
    const { Attributes = {} } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: { S: `client#${userId}#${clientId}` }, sk: { S: 'client' } },
        ConditionExpression:
          'attribute_not_exists(pk) OR epoch < :epoch OR expiresAt < :now OR (epoch = :epoch AND connectionId = :me)',
        UpdateExpression:
          'SET epoch = :epoch, predecessor = if_not_exists(connectionId, :me), connectionId = :me, expiresAt = :end',
        ExpressionAttributeValues: {
          ':epoch': { N: String(epoch) },
          ':me': { S: connectionId },
          ':now': { N: String(nowS) },
          ':end': { N: String(nowS + LIFE_S) },
        },
        ReturnValues: 'ALL_OLD',
      }),
    );
    const before = [Attributes.connectionId?.S, Attributes.predecessor?.S];
    return [...new Set(before)].filter((id) => id !== undefined && id !== connectionId) as string[];
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
