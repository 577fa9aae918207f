// Makes the lobby as new between two tests: starting another machine for each would take minutes.
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Machine } from './machine.ts';

const TableName = 'hubbub-dev-shared-MessagesTable';

/** Deletes every message and every head. No page may be open: heads never fall while somebody looks. */
export async function emptied(machine: Machine): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: machine.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
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
