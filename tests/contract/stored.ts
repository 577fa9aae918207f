// What stands in the tables, seen through the AWS endpoint as any program would see it.
import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';

export const MESSAGES_TABLE = 'hubbub-dev-shared-MessagesTable';
export const CONNECTIONS_TABLE = 'hubbub-dev-shared-ConnectionsTable';

export interface StoredMessage {
  seq: number;
  messageId: string;
  text: string;
}

const LOOK_AGAIN_MS = 50;
const DEADLINE_MS = 60_000;

/** A developer at the keyboard: keys that no function has. */
export const DEVELOPER = { accessKeyId: 'test', secretAccessKey: 'test' };

export async function scan(
  aws: string,
  TableName: string,
): Promise<Record<string, AttributeValue>[]> {
  return withTables(aws, async (client) => {
    const items: Record<string, AttributeValue>[] = [];
    for await (const { Items = [] } of paginateScan(
      { client },
      { TableName, ConsistentRead: true },
    ))
      items.push(...Items);
    return items;
  });
}

export async function put(
  aws: string,
  TableName: string,
  Item: Record<string, AttributeValue>,
): Promise<void> {
  await withTables(aws, (client) => client.send(new PutItemCommand({ TableName, Item })));
}

/** What was said in the lobby, by seq; tombstones and the head left out. */
export async function storedMessages(aws: string): Promise<StoredMessage[]> {
  const items = await scan(aws, MESSAGES_TABLE);
  return items
    .flatMap(({ seq, messageId, text }) =>
      messageId?.S === undefined
        ? []
        : [{ seq: Number(seq?.N), messageId: messageId.S, text: text?.S ?? '' }],
    )
    .toSorted((a, b) => a.seq - b.seq);
}

/** Every number that stands for a message or a tombstone, in order. */
export async function storedSeqs(aws: string): Promise<number[]> {
  const items = await scan(aws, MESSAGES_TABLE);
  return items
    .map(({ seq }) => Number(seq?.N))
    .filter((seq) => seq > 0)
    .toSorted((a, b) => a - b);
}

/** How many rows of ConnectionsTable stand, of connections and of their subscriptions. */
export async function connectionRows(aws: string): Promise<string[]> {
  const items = await scan(aws, CONNECTIONS_TABLE);
  return items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`);
}

/** Looks again and again until `look` answers true. Throws, with what it saw last, after a generous while. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
): Promise<T> {
  const until = Date.now() + DEADLINE_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > until) {
      throw new Error(`${what} never came; last seen ${JSON.stringify(seen).slice(0, 2000)}`);
    }
    await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
  }
}

async function withTables<T>(aws: string, use: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: aws,
    credentials: DEVELOPER,
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
