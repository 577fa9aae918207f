// The door to arrivals: how many connections can be alive, as the hellos of the last two hours bound it from above.

import { BatchGetItemCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { env } from './env.ts';

const client = new DynamoDBClient({});
const TableName = env('CONNECTIONS_TABLE');

const HOUR_S = 60 * 60;
/** How long a sandbox believes its own sum of the hours before. */
const FRESH_S = 60;

let earlier = { hour: -1, readS: 0, count: 0 };

const key = (hour: number) => ({
  pk: { S: `arrivals#${new Date(hour * HOUR_S * 1000).toISOString().slice(0, 13)}` },
  sk: { S: 'arrivals' },
});

/** Counts one arrival; answers those of this hour and the two before, which no socket outlives (API Gateway cuts at two hours). */
export async function countArrival(): Promise<number> {
  const nowS = Math.floor(Date.now() / 1000);
  const hour = Math.floor(nowS / HOUR_S);
  const { Attributes } = await client.send(
    new UpdateItemCommand({
      TableName,
      Key: key(hour),
      UpdateExpression: 'SET expiresAt = :end ADD arrivals :one',
      ExpressionAttributeValues: { ':one': { N: '1' }, ':end': { N: String(nowS + 4 * HOUR_S) } },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  if (earlier.hour !== hour || nowS - earlier.readS >= FRESH_S)
    earlier = { hour, readS: nowS, count: await countIn([hour - 1, hour - 2]) };
  return Number(Attributes?.arrivals?.N ?? 1) + earlier.count;
}

async function countIn(hours: number[]): Promise<number> {
  const { Responses } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: hours.map(key) } } }),
  );
  const rows = Responses?.[TableName] ?? [];
  return rows.reduce((sum, { arrivals }) => sum + Number(arrivals?.N ?? 0), 0);
}
