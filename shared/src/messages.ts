// The door to MessagesTable: rooms' heads and what was said.

import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { env } from './env.ts';

const client = new DynamoDBClient({});
const TableName = env('MESSAGES_TABLE');

/** The head of a room stands at seq 0; messages start at 1. */
const HEAD = '0';

/** How many partitions the room's topic is spread over; 1 for a room that nobody has spoken in. */
export async function shardsOf(room: string): Promise<number> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName, Key: { room: { S: room }, seq: { N: HEAD } } }),
  );
  return Number(Item?.shards?.N ?? 1);
}
