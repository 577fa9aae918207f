// What was said while nobody looked: rows written straight into MessagesTable, as many executions would have left them.
import { randomUUID } from 'node:crypto';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DEVELOPER, MESSAGES_TABLE } from '../contract/stored.ts';

/** BatchWriteItem takes 25. */
const BATCH = 25;

const message = (room: string, seq: number) => ({
  ...{ room: { S: room }, seq: { N: String(seq) }, messageId: { S: randomUUID() } },
  ...{ userId: { S: 'u_somebody' }, nickname: { S: 'somebody' }, expiresAt: { N: '0' } },
  ...{ text: { S: `number ${seq}` }, sentAt: { S: new Date().toISOString() } },
});

/** Numbers `from` to `to` of a room, and the head that counts them. */
export async function saidMeanwhile(aws: string, room: string, from: number, to: number) {
  const client = new DynamoDBClient({
    ...{ region: 'us-east-1', endpoint: aws, credentials: DEVELOPER },
  });
  const rows = Array.from({ length: to - from + 1 }, (_, at) => message(room, from + at));
  const head = { room: { S: room }, seq: { N: '0' }, head: { N: String(to) }, shards: { N: '1' } };
  try {
    for (let at = 0; at < rows.length; at += BATCH) await write(rows.slice(at, at + BATCH));
    await write([head]);
  } finally {
    client.destroy();
  }

  async function write(items: object[]): Promise<void> {
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    const input = {
      RequestItems: { [MESSAGES_TABLE]: requests },
    } as BatchWriteItemCommand['input'];
    const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand(input));
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('Not everything was written');
  }
}
