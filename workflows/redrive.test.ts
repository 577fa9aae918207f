// Redrive as an operator runs it, against a whole machine: what can be done is done once, what cannot stays, and no words are shown.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { type Machine, startMachine } from '../tests/browser/machine.ts';
import { sample } from '../tests/product/sample.ts';
import type { Envelope } from './dead-letter.ts';

const QueueName = 'hubbub-dev-dead-letters';
const sent = sample<Envelope>('workflows/events/MessageSent.json');
const words = String(sent.detail.text);
const failed = (event: unknown) =>
  JSON.stringify({ input: event, error: { Error: 'States.TaskFailed', Cause: words } });

let machine: Machine;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
let QueueUrl: string;
let room = 0;

beforeAll(async () => {
  machine = await startMachine();
  const endpoint = machine.aws;
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  dynamodb = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  QueueUrl = (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? '';
});
afterAll(() => machine.stop());

/** What redrive printed, line by line, and how it ended. */
async function redrive(...flags: string[]): Promise<{ lines: string[]; code: number }> {
  const { stdout, code } = await runAt(machine.aws, flags);
  return { lines: linesOf(stdout), code };
}

const linesOf = (printed: string) => printed.split('\n').filter((line) => line !== '');

async function runAt(
  endpoint: string,
  flags: string[],
): Promise<{ stdout: string; stderr: string; code: number }> {
  const run = promisify(execFile)(process.execPath, ['workflows/redrive.ts', ...flags], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    },
  });
  return run.then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
}

const post = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
async function waiting(): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}
/** A message to a room of its own. */
function message(): Envelope {
  room += 1;
  const detail = { ...sent.detail, room: `r${room}`, topics: [`room:r${room}`] };
  return { ...sent, detail: { ...detail, messageId: crypto.randomUUID() } };
}
async function stored({ detail }: Envelope) {
  const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
  const TableName = TableNames.find((name) => name.includes('MessagesTable'));
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'room = :room AND seq > :head',
      ExpressionAttributeValues: { ':room': { S: String(detail.room) }, ':head': { N: '0' } },
    }),
  );
  return Items.map(({ messageId }) => messageId?.S);
}

describe('redrive', () => {
  test.each([[[]], [['--list']]])(
    'of an empty queue says that nothing waits, and ends well: %j',
    async (flags) => {
      expect(await redrive(...flags)).toEqual({
        lines: ['nothing waits in hubbub-dev-dead-letters'],
        code: 0,
      });
    },
  );

  test.each(['--help', '-h'])('%s prints the usage alone', async (flag) => {
    const usage = 'usage: npm run redrive -- [--stage STAGE] [--list]\n';
    expect(await runAt(machine.aws, [flag])).toEqual({ stdout: usage, stderr: '', code: 0 });
  });

  test.each([
    [['--stage', 'nope'], /^redrive: no such stage nope in us-east-1: .*hubbub-nope-dead-letters$/],
    [['--stage', 'No such'], /^redrive: the stage's name 'No such' must be .*, e\.g\. dev$/],
    [['--liist'], /^redrive: Unknown option '--liist'; usage: npm run redrive -- .*--list\]$/],
    [['--stage'], /^redrive: .*--stage.*; usage: npm run redrive -- .*$/],
    [['prod'], /^redrive: Unexpected argument 'prod'; usage: npm run redrive -- .*$/],
  ])('%j is refused in one line', async (flags, line) => {
    const { stdout, stderr, code } = await runAt(machine.aws, flags);
    expect([stdout, code]).toEqual(['', 1]);
    expect(linesOf(stderr)).toEqual([expect.stringMatching(line)]);
  });

  test('without an answer, or without a machine, says so in one line and takes no letter', async () => {
    const asked: string[] = [];
    const stage = createServer((request, response) => {
      const [, action = ''] = String(request.headers['x-amz-target']).split('.');
      asked.push(action);
      response.end(JSON.stringify({ QueueUrl: `${endpoint}/queue`, stateMachines: [] }));
    });
    await new Promise<void>((done) => stage.listen(0, '127.0.0.1', done));
    const endpoint = `http://127.0.0.1:${(stage.address() as AddressInfo).port}`;
    const halfDeployed = await runAt(endpoint, []);
    await new Promise((done) => stage.close(done));
    const silent = await runAt(endpoint, []);
    expect(asked).toEqual(['GetQueueUrl', 'ListStateMachines']);
    expect(linesOf(halfDeployed.stderr)).toEqual([
      'redrive: There is no state machine hubbub-dev-message-distribution',
    ]);
    expect(linesOf(silent.stderr)).toEqual([expect.stringMatching(/^redrive: .*ECONNREFUSED/)]);
    expect([halfDeployed.code, silent.code]).toEqual([1, 1]);
  });

  test('lists without restarting anything', async () => {
    const one = message();
    await post(failed(one));
    const { lines } = await redrive('--list');
    expect(lines).toEqual([
      `${one.detail.messageId}  MessageSent  States.TaskFailed  0 min  waits`,
    ]);
    expect(await stored(one)).toEqual([]);
    expect(await waiting()).toBe(1);
    await redrive();
  });

  test('stores the message of a failed execution once, and forgets every letter about it', async () => {
    const [one, two] = [message(), message()];
    for (const body of [failed(one), failed(one), JSON.stringify(two)]) await post(body);
    const { lines, code } = await redrive();
    expect(lines.filter((line) => line.endsWith('done'))).toHaveLength(3);
    expect(code).toBe(0);
    expect(await stored(one)).toEqual([one.detail.messageId]);
    expect(await stored(two)).toEqual([two.detail.messageId]);
    expect(await waiting()).toBe(0);
    expect(lines.join()).not.toContain(words);
  });

  test('keeps one letter of what fails again, and says so by its exit code', async () => {
    const { text: _, ...detail } = message().detail;
    await post(failed({ ...sent, detail }));
    const { lines, code } = await redrive();
    expect(lines).toEqual([expect.stringContaining('kept: NotDistributed')]);
    expect(code).toBe(1);
    expect(await waiting()).toBe(1);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages[0]?.Body).toContain('MalformedEvent');
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  });

  test('keeps a message that was stored but not told to all, though its execution succeeded', async () => {
    const one = message();
    // No key can be made of the second, so that telling it fails.
    const topics = [...(one.detail.topics as string[]), { toString: null, valueOf: null }];
    await post(failed({ ...one, detail: { ...one.detail, topics } }));
    const { lines, code } = await redrive();
    expect(lines).toEqual([expect.stringContaining('kept: FailedAgain')]);
    expect(code).toBe(1);
    expect(await stored(one)).toEqual([one.detail.messageId]);
    expect(await waiting()).toBe(1);
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  });

  test('keeps what is older than its claim: it may be stored, and would be stored again', async () => {
    const late = message();
    await post(failed({ ...late, detail: { ...late.detail, claimUntil: 1_767_866_405 } }));
    const { lines } = await redrive();
    expect(lines).toEqual([expect.stringContaining('kept: ClaimExpired')]);
    expect(await stored(late)).toEqual([]);
    expect(await waiting()).toBe(1);
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  });

  test('leaves alone what it cannot read', async () => {
    await post('a postcard');
    const { lines, code } = await redrive();
    expect(lines).toEqual([expect.stringContaining('unreadable')]);
    expect(code).toBe(1);
    expect(await waiting()).toBe(1);
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  });

  test('tells nobody late of a room or a name: the next welcome does, and the letter goes', async () => {
    const frame = { type: 'removed', room: 'den', userId: 'u_ann' };
    const removed = { source: 'chat.api', detail: { room: 'den', userId: 'u_ann' } };
    await post(
      JSON.stringify({
        requestPayload: { topic: 'user:u_ann', shard: 0, frame },
        responsePayload: { errorType: 'TimeoutError' },
      }),
    );
    await post(JSON.stringify({ ...removed, 'detail-type': 'MemberRemoved' }));
    const { lines, code } = await redrive();
    expect(lines.toSorted()).toEqual([
      expect.stringMatching(/^u_ann {2}MemberRemoved .*outdated: the next welcome tells it$/),
      expect.stringMatching(/^u_ann {2}removed {2}TimeoutError .*outdated/),
    ]);
    expect(code).toBe(0);
    expect(await waiting()).toBe(0);
  });

  test('starts nothing that says who came or went: it is not true any more, and the letter goes', async () => {
    const { body } = sample<SQSEvent>('workflows/events/after-grace.json').Records[0] ?? {};
    const closed = JSON.parse(body ?? '') as Envelope;
    await post(body ?? '');
    await post(JSON.stringify({ ...closed, 'detail-type': 'ConnectionOpened' }));
    const gone = { ...closed, 'detail-type': 'ConnectionGone', source: 'chat.workflows' };
    await post(JSON.stringify(gone));
    const { lines, code } = await redrive();
    expect(lines.map((line) => line.split('  ')[1]).toSorted()).toEqual([
      ...['ConnectionClosed', 'ConnectionGone', 'ConnectionOpened'],
    ]);
    expect(lines.every((line) => line.includes('outdated'))).toBe(true);
    expect(code).toBe(0);
    expect(await waiting()).toBe(0);
  });

  test('puts the end of a replaced connection back on the bus', async () => {
    const replaced = sample<Envelope>('workflows/events/replace.json');
    await post(JSON.stringify({ requestPayload: replaced, responsePayload: { errorType: 'E' } }));
    expect((await redrive()).lines).toEqual([expect.stringMatching(/ClientReplaced {2}E .*done$/)]);
    expect(await waiting()).toBe(0);
  });
});
