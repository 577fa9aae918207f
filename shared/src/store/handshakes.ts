// The door to handshakes: how many each block of addresses has made in this clock hour.

import { createHash } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { env } from '../env.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

const HOUR_S = 60 * 60;

/**
 * Counts a handshake in its clock hour, in one write, and answers how many there were with it. Nothing is taken off when a
 * socket ends, so a lost `$disconnect` changes nothing. Around the change of the hour, up to twice an hour's limit fits
 * into sixty minutes.
 *
 * The row does not hold the address, and its key is another each hour. An IPv4 address can be found from it by trying all
 * of them, so the row expires with its hour.
 */
export async function countHandshake(addressBlock: string): Promise<number> {
  const hour = Math.floor(Date.now() / 1000 / HOUR_S);
  const digest = createHash('sha256').update(`${hour} ${addressBlock}`).digest('base64url');
  const { Attributes } = await client.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: `handshakes#${digest}` }, sk: { S: 'handshakes' } },
      UpdateExpression: 'SET expiresAt = :end ADD handshakes :one',
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':end': { N: String((hour + 1) * HOUR_S) },
      },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Number(Attributes?.handshakes?.N);
}
