// The endpoint: each service's wire as its SDK speaks it, and IAM before everything.
import { once } from 'node:events';
import { type IncomingMessage, request, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  ListStateMachinesCommand,
  SFNClient,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { QueueDoesNotExist, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Gateway } from '../apigateway/gateway.ts';
import type { ApiPlan } from '../cloudformation/plan.ts';
import { hangUp, listen } from '../http/listen.ts';
import { keyOf } from '../iam/iam.ts';
import type { Functions } from '../lambda/functions.ts';
import { silent } from '../log.ts';
import { noQueue } from '../sqs/errors.ts';
import { BUS, may, smallPlan } from '../testing/small-plan.ts';
import { AwsError } from './aws-error.ts';
import { createEndpoint } from './endpoint.ts';
import { createSwitchboard } from './router.ts';

let server: Server;
let endpoint: string;
let warnings: string[];
const asked: unknown[] = [];
const page = 'http://127.0.0.1:3000';

const conditions = { StringEquals: { 'events:source': ['chat.api'] } };
const plan = smallPlan([
  may('events:PutEvents', BUS, { conditions }),
  may('execute-api:ManageConnections', 'arn:aws:execute-api:*:*:api1/dev/POST/@connections/*'),
]);
const [api] = plan.apis as [ApiPlan];
const developer = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'x' };
const greet = keyOf(plan.functions[0]);
const signedBy = ({ accessKeyId }: { accessKeyId: string }) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-west-1/x/aws4_request, Signature=s`,
});

beforeEach(async () => {
  warnings = [];
  asked.length = 0;
  const switchboard = createSwitchboard(plan);
  switchboard.connect('dynamodb', async (action, input) => {
    asked.push(action);
    if (input.TableName === 'broken') throw new TypeError('secret detail');
    if (input.TableName !== 'messages')
      throw new AwsError('ResourceNotFoundException', `no ${input.TableName}`);
    return { Table: { TableName: 'messages', ItemCount: 3 }, action };
  });
  switchboard.connect('events', async () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }));
  switchboard.connect('states', async (action) => {
    asked.push(action);
    return { stateMachines: [] };
  });
  switchboard.connect('sqs', async () => {
    throw noQueue();
  });
  const functions = {
    async http(_req: unknown, res: { end(body: string): void }) {
      asked.push('lambda');
      res.end('"invoked"');
      return true;
    },
  };
  const gateway = {
    async connections(_req: unknown, res: { end(): void }, path: string) {
      asked.push(path);
      res.end();
    },
  };
  const port = await listen('--aws-port', 0);
  port.open({
    origins: [page],
    linked: false,
    ...createEndpoint({
      switchboard,
      functions: () => functions as unknown as Functions,
      gateway: () => gateway as unknown as Gateway,
      api: () => api,
      log: { ...silent, warn: (line) => warnings.push(line) },
    }),
  });
  server = port.server;
  endpoint = `http://127.0.0.1:${port.port}`;
});
afterEach(() => hangUp(server));

const sdk = (credentials = developer) => ({ region: 'eu-west-1', endpoint, credentials });
const post = (target: string, body: string, headers: Record<string, string> = {}) =>
  fetch(endpoint, { method: 'POST', headers: { 'x-amz-target': target, ...headers }, body });
const entry = (Source: string) => ({ EventBusName: 'chat', Source, DetailType: 'D', Detail: '{}' });

test('the DynamoDB client hears answers, and errors by their name', async () => {
  const client = new DynamoDBClient(sdk());
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'messages' }));
  expect(Table?.ItemCount).toBe(3);
  await expect(client.send(new DescribeTableCommand({ TableName: 'x' }))).rejects.toMatchObject({
    ...{ name: 'ResourceNotFoundException', message: 'no x' },
  });
  client.destroy();
});

test('the EventBridge client may put what its function may put, under its own source only', async () => {
  const client = new EventBridgeClient(sdk(greet));
  const put = (...sources: string[]) =>
    client.send(new PutEventsCommand({ Entries: sources.map(entry) }));
  expect((await put('chat.api')).Entries).toEqual([{ EventId: 'e' }]);
  await expect(put('chat.api', 'chat.other')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(/^User: greet is not authorized to perform: events:PutEvents/),
  });
  client.destroy();
});

test('the Step Functions client hears answers, and a function that may not ask is denied', async () => {
  const [mine, theirs] = [new SFNClient(sdk()), new SFNClient(sdk(greet))];
  expect((await mine.send(new ListStateMachinesCommand({}))).stateMachines).toEqual([]);
  await expect(theirs.send(new ListStateMachinesCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  mine.destroy();
  theirs.destroy();
});

test('the Step Functions client starts a synchronous execution with disableHostPrefix', async () => {
  const client = new SFNClient({ ...sdk(), disableHostPrefix: true });
  const start = new StartSyncExecutionCommand({ stateMachineArn: 'arn:aws:states:x' });
  await client.send(start);
  client.destroy();
  expect(asked).toEqual(['StartSyncExecution']);
});

test('a client that puts a prefix before a name under .localhost is answered', async () => {
  const headers = {
    host: `sync-aws.localhost:${new URL(endpoint).port}`,
    'x-amz-target': 'AWSStepFunctions.StartSyncExecution',
  };
  const { status } = await send('POST', '/', headers, '{}');
  expect([status, asked]).toEqual([200, ['StartSyncExecution']]);
});

test.each([
  ['DynamoDB_20120810.DescribeTable', 'application/x-amz-json-1.0'],
  ['AWSEvents.PutEvents', 'application/x-amz-json-1.1'],
  ['AWSStepFunctions.ListStateMachines', 'application/x-amz-json-1.0'],
])('%s is answered as %s, with a request id', async (target, contentType) => {
  const response = await post(target, '{"TableName":"messages"}');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(contentType);
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/);
});

test('an error of SQS has its name in the body, and its Query code where SDKs look for it', async () => {
  const response = await post('AmazonSQS.ReceiveMessage', '{}');
  expect(response.status).toBe(400);
  expect(response.headers.get('x-amzn-errortype')).toBe('QueueDoesNotExist');
  expect(response.headers.get('x-amzn-query-error')).toBe(
    'AWS.SimpleQueueService.NonExistentQueue;Sender',
  );
  expect(await response.json()).toEqual({
    __type: 'com.amazonaws.sqs#QueueDoesNotExist',
    message: 'The specified queue does not exist.',
  });
});

test('the SQS client hears an error by its name and its Query code', async () => {
  const client = new SQSClient(sdk());
  const call = client.send(new ReceiveMessageCommand({ QueueUrl: `${endpoint}/0/x` }));
  await expect(call).rejects.toBeInstanceOf(QueueDoesNotExist);
  await expect(call).rejects.toMatchObject({
    ...{ name: 'QueueDoesNotExist', Code: 'AWS.SimpleQueueService.NonExistentQueue' },
  });
  client.destroy();
});

test('an error that no service models has the namespace that every service shares', async () => {
  const headers = signedBy(greet);
  const response = await post('AmazonSQS.ReceiveMessage', '{}', headers);
  expect(response.headers.get('x-amzn-query-error')).toBe('AccessDenied;Sender');
  expect(await response.json()).toMatchObject({
    __type: 'com.amazon.coral.service#AccessDeniedException',
  });
});

test.each([
  ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', developer, '2012-11-05', 400],
  ['a call that is not granted', 'AccessDenied', greet, '2012-11-05', 403],
  ['another service', 'InvalidAction', developer, '2011-06-15', 400],
])('a form is a call of SQS, and %s is answered in XML', async (_, code, by, version, status) => {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: signedBy(by),
    body: new URLSearchParams({ Action: 'ReceiveMessage', Version: version, QueueUrl: 'x' }),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/xml']);
  expect(await response.text()).toContain(`<Type>Sender</Type><Code>${code}</Code>`);
});

test.each([['{'], ['[]'], ['null'], ['"text"']])(
  'a body that is %s is not taken for a request',
  async (body) => {
    const response = await post('DynamoDB_20120810.DescribeTable', body);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { __type: expect.stringMatching(/#SerializationException$/) },
    ]);
  },
);

test.each([['Kinesis_20131202.PutRecord'], ['constructor.x'], ['']])(
  'a target %s is refused by name',
  async (target) => {
    const response = await post(target, '{}');
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { __type: 'UnknownOperationException', message: expect.stringContaining(`"${target}"`) },
    ]);
  },
);

test('a fault of this machine is told in its log, not to the client', async () => {
  const response = await post('DynamoDB_20120810.DescribeTable', '{"TableName":"broken"}');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret detail');
  expect(warnings.join()).toContain('secret detail');
});

const connection = '/dev/@connections/a%3D';
const encoded = '/dev/%40connections/a%3D';
const invocation = '/2015-03-31/functions/greet/invocations';
test.each([
  ['POST', connection, greet, 200, connection],
  ['DELETE', connection, greet, 403, undefined],
  ['DELETE', connection, developer, 200, connection],
  ['POST', encoded, greet, 200, encoded],
  ['DELETE', encoded, greet, 403, undefined],
  ['DELETE', encoded, developer, 200, encoded],
  ['GET', '/%40connections/a%3D', developer, 200, '/%40connections/a%3D'],
  ['POST', '/dev/%40Connections/a%3D', developer, 404, undefined],
  ['POST', '/dev/%2540connections/a%3D', developer, 404, undefined],
  ['POST', '/dev/@connections%2Fa%3D', developer, 404, undefined],
  ['POST', '/@connections/%E0%A4%A', developer, 400, undefined],
  ['POST', invocation, developer, 200, 'lambda'],
  ['POST', invocation, greet, 403, undefined],
  ['GET', '/2015-03-31/functions', greet, 403, undefined],
  ['GET', '/2015-03-31/functions/%E0%A4%A', developer, 400, undefined],
])('%s %s by %j is answered %i', async (method, path, by, status, reached) => {
  const response = await fetch(endpoint + path, { method, headers: signedBy(by) });
  expect(response.status).toBe(status);
  expect(asked).toEqual(reached === undefined ? [] : [reached]);
});

/** As a program or a browser would send it: fetch sets Host and Origin itself. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '{"TableName":"messages"}',
) {
  const { port } = new URL(endpoint);
  const sent = request({ host: '127.0.0.1', port, method, path, headers }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const type = response.headers['x-amzn-errortype'];
  return { status: response.statusCode, type, body: JSON.parse((await text(response)) || '{}') };
}

const scan = { 'x-amz-target': 'DynamoDB_20120810.Scan' };
const foreign = 'http://evil.example';
/** As a form or a fetch without a preflight sends it. */
const plain = { 'content-type': 'text/plain' };
const loopback = { host: '127.0.0.1:4566' };

test.each<[string, string, string, Record<string, string>]>([
  ['another site invokes a function', 'POST', invocation, { ...plain, origin: foreign }],
  ['another port does', 'POST', invocation, { ...plain, origin: 'http://localhost:8080' }],
  ['a sandboxed frame does', 'POST', invocation, { ...plain, origin: 'null' }],
  ['the page behind a longer port does', 'POST', invocation, { ...plain, origin: `${page}0` }],
  ['another site posts to a socket', 'POST', connection, { ...plain, origin: foreign }],
  ['it encodes the path', 'POST', encoded, { ...plain, origin: foreign }],
  ['another site ends a socket', 'DELETE', connection, { origin: foreign }],
  [
    'its image asks for a function',
    'GET',
    '/2015-03-31/functions',
    { 'sec-fetch-site': 'cross-site' },
  ],
  ['an image of another port does', 'GET', connection, { 'sec-fetch-site': 'same-site' }],
  [
    'a link of another site does',
    'GET',
    connection,
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ],
  ['a rebound name scans a table', 'POST', '/', { ...scan, host: 'evil.example' }],
  [
    'its page does',
    'POST',
    '/',
    { ...scan, host: 'evil.example:4566', origin: foreign, 'sec-fetch-site': 'same-origin' },
  ],
  ['a name that begins like one does', 'POST', '/', { ...scan, host: 'localhost.evil.example' }],
  ['an address of the network does', 'POST', '/', { ...scan, host: '192.168.0.2:4566' }],
  [
    'a preflight asks',
    'OPTIONS',
    '/',
    { origin: foreign, 'access-control-request-method': 'POST' },
  ],
])('where %s, the answer is 403 and nothing is called', async (_, method, path, headers) => {
  const { status, type, body } = await send(method, path, { ...loopback, ...headers });
  expect([status, type, asked]).toEqual([403, 'AccessDeniedException', []]);
  expect(body.__type).toMatch(/^([\w.]+#)?AccessDeniedException$/);
  expect(body.message).toMatch(/^(Origin|Host|Sec-Fetch-Site) ".+" is /);
});

test.each<[string, Record<string, string>]>([
  ['a program', {}],
  ['a program that knows it as localhost', { host: 'localhost:4566' }],
  ['a program that knows it as ::1', { host: '[::1]:4566' }],
  ['a program without a port', { host: 'localhost' }],
  ['the page', { origin: page, 'sec-fetch-site': 'same-site' }],
  ['a person at the address bar', { 'sec-fetch-site': 'none' }],
])('%s is answered', async (_, headers) => {
  expect((await send('POST', '/', { ...scan, ...loopback, ...headers })).status).toBe(200);
  expect(asked).toEqual(['Scan']);
});

test('a foreign request is refused before its body is there', async () => {
  const { port } = new URL(endpoint);
  const headers = { origin: foreign, 'content-length': '1000' };
  const sent = request({ port, method: 'POST', path: invocation, headers });
  sent.flushHeaders();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(403);
  sent.on('error', () => undefined).destroy();
});
