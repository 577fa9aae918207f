// Makes the lobby as new between two tests: starting another machine for each would take minutes.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteItemCommand,
  DynamoDBClient,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Machine } from './machine.ts';

const TableName = 'hubbub-dev-shared-MessagesTable';
const LOBBY = {
  TableName: 'hubbub-dev-shared-ConnectionsTable',
  KeyConditionExpression: 'pk = :lobby',
  ExpressionAttributeValues: { ':lobby': { S: 'roster#lobby' } },
};

/**
 * Waits until all who were there have left, and deletes every message and every head. No page may be open: heads never fall
 * while somebody looks.
 */
export async function emptied(machine: Machine): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: machine.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  while ((await client.send(new QueryCommand(LOBBY))).Count !== 0) await sleep(20);
  const { Items = [] } = await client.send(
    new ScanCommand({
      TableName,
      ProjectionExpression: 'room, #seq',
      ExpressionAttributeNames: { '#seq': 'seq' },
      ConsistentRead: true,
    }),
  );
  await Promise.all(Items.map((Key) => client.send(new DeleteItemCommand({ TableName, Key }))));
  client.destroy();
}
