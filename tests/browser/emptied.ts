// Makes the lobby as new between two tests: starting another machine for each would take minutes.
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Machine } from './machine.ts';

const MESSAGES = 'hubbub-dev-shared-MessagesTable';
const CONNECTIONS = 'hubbub-dev-shared-ConnectionsTable';

/**
 * Deletes every message and every head, and the roster: whoever left a moment ago is in it until their $disconnect is through.
 * No page may be open: heads never fall while somebody looks.
 */
export async function emptied(machine: Machine): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: machine.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const [messages, roster] = await Promise.all([
    client.send(
      new ScanCommand({
        TableName: MESSAGES,
        ProjectionExpression: 'room, #seq',
        ExpressionAttributeNames: { '#seq': 'seq' },
        ConsistentRead: true,
      }),
    ),
    client.send(
      new QueryCommand({
        TableName: CONNECTIONS,
        KeyConditionExpression: 'pk = :lobby',
        ExpressionAttributeValues: { ':lobby': { S: 'roster#lobby' } },
        ProjectionExpression: 'pk, sk',
        ConsistentRead: true,
      }),
    ),
  ]);
  const drop = (TableName: string, Items: Record<string, AttributeValue>[] = []) =>
    Items.map((Key) => client.send(new DeleteItemCommand({ TableName, Key })));
  await Promise.all([...drop(MESSAGES, messages.Items), ...drop(CONNECTIONS, roster.Items)]);
  client.destroy();
}
