// The store of handshakes: how many each block of addresses has made in this clock hour.

import { createHash } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo, CONNECTIONS_TABLE as TableName } from './dynamo.ts';
import { handshakesKey } from './keys.ts';

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
  const { Attributes } = await dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: handshakesKey(digest),
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
