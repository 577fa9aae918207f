// DynamoDB as the stores use it: one client, writes under a condition, and batches.

import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { env } from '../env.ts';
import { MAX_BATCH_READS, MAX_BATCH_WRITES, runInBatches } from './batch.ts';

export type DynamoItem = Record<string, AttributeValue>;

export const dynamo = new DynamoDBClient({});
export const CONNECTIONS_TABLE = env('CONNECTIONS_TABLE');

/** What the write answers; undefined where its condition did not hold. */
export async function ifCondition<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** Whether the write's condition held. */
export const isWritten = async (write: Promise<object>): Promise<boolean> =>
  (await ifCondition(write)) !== undefined;

export const putRequest = (Item: DynamoItem): WriteRequest => ({ PutRequest: { Item } });
export const deleteRequest = (Key: DynamoItem): WriteRequest => ({ DeleteRequest: { Key } });

/** Writes all of them, 25 to a call, in order; each row must be named once in a call. */
export const batchWrite = (requests: WriteRequest[]): Promise<void> =>
  runInBatches(requests, MAX_BATCH_WRITES, async (piece) => {
    const RequestItems = { [CONNECTIONS_TABLE]: piece };
    const { UnprocessedItems } = await dynamo.send(new BatchWriteItemCommand({ RequestItems }));
    return UnprocessedItems?.[CONNECTIONS_TABLE];
  });

/** The rows that are there, in no order, 100 to a call. A key must be named once. */
export async function batchGet(
  keys: DynamoItem[],
  { ConsistentRead = false, TableName = CONNECTIONS_TABLE } = {},
): Promise<DynamoItem[]> {
  const items: DynamoItem[] = [];
  await runInBatches(keys, MAX_BATCH_READS, async (Keys) => {
    const RequestItems = { [TableName]: { Keys, ConsistentRead } };
    const { Responses, UnprocessedKeys } = await dynamo.send(
      new BatchGetItemCommand({ RequestItems }),
    );
    items.push(...(Responses?.[TableName] ?? []));
    return UnprocessedKeys?.[TableName]?.Keys;
  });
  return items;
}

/** Sends any single write. The SDK's overloads take one kind of command each. */
export function sendWrite(
  command: PutItemCommand | UpdateItemCommand | DeleteItemCommand,
): Promise<object> {
  if (command instanceof PutItemCommand) return dynamo.send(command);
  if (command instanceof UpdateItemCommand) return dynamo.send(command);
  return dynamo.send(command);
}
