// The door to client leases: of all connections of one client, the one with the highest epoch lives.

import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
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

/** `taken`: with all connections of the client whose end is not yet on the bus. Otherwise: the epoch that has it. */
export type Lease = { taken: true; older: string[] } | { taken: false; epoch: number };

const leaseKey = ({ userId, clientId }: Client) => ({
  pk: { S: `client#${userId}#${clientId}` },
  sk: { S: 'client' },
});

/**
 * Takes the lease for this connection, unless another one came with the same or a higher epoch. It knows every older
 * connection until `forgetOlder`, not the last alone: whoever held it may have failed before it could end its own older ones.
 */
export async function takeLease(taker: Client): Promise<Lease> {
  const { epoch, connectionId } = taker;
  const nowS = Math.floor(Date.now() / 1000);
  try {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: leaseKey(taker),
        ConditionExpression:
          'attribute_not_exists(pk) OR epoch < :epoch OR expiresAt < :now OR (epoch = :epoch AND connectionId = :me)',
        UpdateExpression:
          'SET epoch = :epoch, connectionId = :me, expiresAt = :end ADD connections :mine',
        ExpressionAttributeValues: {
          ':epoch': { N: String(epoch) },
          ':me': { S: connectionId },
          ':mine': { SS: [connectionId] },
          ':now': { N: String(nowS) },
          ':end': { N: String(nowS + LIFE_S) },
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const all = Attributes?.connections?.SS ?? [];
    return { taken: true, older: all.filter((id) => id !== connectionId) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: leaseKey(taker), ConsistentRead: true }),
    );
    return { taken: false, epoch: Math.max(epoch, Number(Item?.epoch?.N ?? 0)) };
  }
}

/** Takes older connections off the lease, once their end is on the bus or they have ended. */
export async function forgetOlder(holder: Client, older: string[]): Promise<void> {
  if (older.length === 0) return;
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: leaseKey(holder),
      UpdateExpression: 'DELETE connections :older',
      ExpressionAttributeValues: { ':older': { SS: older } },
    }),
  );
}
