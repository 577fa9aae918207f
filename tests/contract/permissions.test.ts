// Promise: a function may do what its template grants and nothing else, as after deploy.
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keyOf } from '../../local/iam/iam.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { CONNECTIONS_TABLE, DEVELOPER, MESSAGES_TABLE } from './stored.ts';

const SENDMESSAGE =
  'arn:aws:lambda:us-east-1:000000000000:function:hubbub-dev-api-SendmessageFunction';

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await startLocal(['--quiet']);
});
afterAll(() => runtime.stop());

const as = (credentials: { accessKeyId: string; secretAccessKey: string }) => ({
  region: 'us-east-1',
  endpoint: runtime.aws,
  credentials,
});
const sendmessage = () => as(keyOf({ arn: SENDMESSAGE }));
const entry = (Source: string, DetailType: string) =>
  new PutEventsCommand({
    Entries: [{ EventBusName: 'hubbub-dev', Source, DetailType, Detail: '{}' }],
  });
const update = (pk: string) =>
  new UpdateItemCommand({
    TableName: CONNECTIONS_TABLE,
    Key: { pk: { S: pk }, sk: { S: 'member#me' } },
    UpdateExpression: 'SET seen = :yes',
    ExpressionAttributeValues: { ':yes': { BOOL: true } },
  });

test('sendmessage may read its connection', async () => {
  const client = new DynamoDBClient(sendmessage());
  const Key = { pk: { S: 'connection#nobody' }, sk: { S: 'connection' } };
  const answer = client.send(new GetItemCommand({ TableName: CONNECTIONS_TABLE, Key }));
  await expect(answer).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  client.destroy();
});

test.each([
  ['scan that same table', new ScanCommand({ TableName: CONNECTIONS_TABLE })],
  ['scan the messages', new ScanCommand({ TableName: MESSAGES_TABLE })],
  ['write a room or who is in it', update('room#secret')],
  ['write whose a nickname is', update('nickname#ada')],
  ['describe a table', new DescribeTableCommand({ TableName: CONNECTIONS_TABLE })],
])('sendmessage may not %s', async (_what, command) => {
  const client = new DynamoDBClient(sendmessage());
  await expect(client.send(command as ScanCommand)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(/SendmessageFunction is not authorized to perform: dynamodb:/),
  });
  client.destroy();
});

test('sendmessage may write the rows that it writes', async () => {
  const client = new DynamoDBClient(sendmessage());
  await expect(client.send(update('rate#secret'))).resolves.toBeDefined();
  client.destroy();
});

test('sendmessage speaks on the bus in the name of its own stack, and of its own events', async () => {
  const client = new EventBridgeClient(sendmessage());
  const sent = client.send(entry('chat.api', 'ConnectionMisused'));
  await expect(sent).resolves.toMatchObject({ FailedEntryCount: 0 });
  for (const [source, type] of [
    ['chat.workflows', 'ConnectionMisused'],
    ['chat.api', 'RoomJoined'],
  ] as const)
    await expect(client.send(entry(source, type))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  client.destroy();
});

test('a developer with keys of nobody may do all', async () => {
  const client = new DynamoDBClient(as(DEVELOPER));
  const answer = client.send(new ScanCommand({ TableName: MESSAGES_TABLE }));
  await expect(answer).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  client.destroy();
});
