// The AWS CLI, unchanged, works against this machine, in both of its versions.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import sent from '../../workflows/events/MessageSent.json' with { type: 'json' };
import { awsCli, judgedBy } from '../judges.ts';
import { everybodyLeaves, join } from './client.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { CONNECTIONS_TABLE, eventually, MESSAGES_TABLE } from './stored.ts';

const run = promisify(execFile);
const BUS = 'hubbub-dev';
const MACHINE =
  'arn:aws:states:us-east-1:000000000000:stateMachine:hubbub-dev-message-distribution';
/** What is given is what is sent, as version 1 does anyway and version 2 on request. */
const CONFIG = '[default]\ncli_binary_format = raw-in-base64-out\n';
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_PAGER: '' };

const DEAD_LETTERS = ['--queue-url', 'ENDPOINT/000000000000/hubbub-dev-dead-letters'];

type Answer = Record<string, unknown>;

for (const major of [1, 2] as const) {
  const title = `version ${major} of the AWS CLI`;
  judgedBy(title, awsCli(major), title, works);
}

/** Each call starts an interpreter of Python. */
function works(program: string): void {
  let runtime: LocalRuntime;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path(tmpdir(), 'hubbub-aws-cli-'));
    await writeFile(path(folder, 'config'), CONFIG);
    runtime = await startLocal(['--quiet']);
  });
  afterEach(everybodyLeaves);
  afterAll(async () => {
    await runtime.stop();
    await rm(folder, { recursive: true });
  });

  /** Runs `aws <words>`; objects become JSON. Rejects with what it printed on stderr. */
  async function aws(...words: (string | object)[]): Promise<Answer> {
    const args = words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word)));
    const where = ['--region', 'us-east-1', '--output', 'json', '--endpoint-url', runtime.aws];
    const env = { ...process.env, ...ENVIRONMENT, AWS_CONFIG_FILE: path(folder, 'config') };
    const { stdout } = await run(program, [...args, ...where], { env, cwd: folder });
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Answer);
  }

  const putEvent = (Detail: object, Source = 'chat.bot') =>
    aws('events', 'put-events', '--entries', [
      { EventBusName: BUS, Source, DetailType: 'MessageSent', Detail: JSON.stringify(Detail) },
    ]);
  const newMessage = () => ({ ...sent.detail, messageId: randomUUID() });

  test('dynamodb: list-tables, scan, query', async () => {
    const alice = await join(runtime.websocket);
    const { seq, messageId } = await alice.hears(alice.says('Seen from the shell'));
    const [list, scan, query] = await Promise.all([
      aws('dynamodb', 'list-tables'),
      aws('dynamodb', 'scan', '--table-name', CONNECTIONS_TABLE),
      aws(
        'dynamodb',
        'query',
        ...['--table-name', MESSAGES_TABLE, '--key-condition-expression', 'room = :r AND seq = :s'],
        ...['--expression-attribute-values', { ':r': { S: 'lobby' }, ':s': { N: String(seq) } }],
      ),
    ]);
    expect(list.TableNames).toEqual(expect.arrayContaining([CONNECTIONS_TABLE, MESSAGES_TABLE]));
    const rows = (scan.Items as { pk: { S: string }; sk: { S: string } }[]).map(({ pk, sk }) => [
      pk.S,
      sk.S,
    ]);
    expect(rows).toEqual(
      expect.arrayContaining([
        [expect.stringMatching(/^connection#/), 'connection'],
        ['topic#room:lobby#0', expect.any(String)],
        [expect.stringMatching(/^topic#user:u_/), expect.any(String)],
      ]),
    );
    expect(query.Items).toMatchObject([
      { messageId: { S: messageId }, text: { S: 'Seen from the shell' } },
    ]);
  });

  test('events put-events: what another program says appears on every screen', async () => {
    const [alice, plain] = await Promise.all([
      join(runtime.websocket),
      join(runtime.websocket, 'plain'),
    ]);
    const { messageId, text } = newMessage();
    const put = await putEvent({ ...sent.detail, messageId });
    expect(put).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    for (const client of [alice, plain]) {
      const frame = await client.hears(messageId);
      expect(frame).toMatchObject({ message: text, nickname: sent.detail.nickname });
    }
  });

  test('stepfunctions: the machine is listed, started, and its executions described', async () => {
    const { stateMachines } = await aws('stepfunctions', 'list-state-machines');
    expect(stateMachines).toContainEqual(
      expect.objectContaining({ stateMachineArn: MACHINE, type: 'EXPRESS' }),
    );

    const alice = await join(runtime.websocket);
    const detail = newMessage();
    const { executionArn } = await aws(
      'stepfunctions',
      'start-execution',
      ...['--state-machine-arn', MACHINE, '--input', { ...sent, detail }],
    );
    expect(await alice.hears(detail.messageId)).toMatchObject({ message: detail.text });
    const described = await eventually(
      'the execution succeeded',
      () => aws('stepfunctions', 'describe-execution', '--execution-arn', String(executionArn)),
      ({ status }) => status !== 'RUNNING',
    );
    expect(described).toMatchObject({ status: 'SUCCEEDED', stateMachineArn: MACHINE });
    const { executions } = await aws(
      'stepfunctions',
      'list-executions',
      ...['--state-machine-arn', MACHINE, '--status-filter', 'SUCCEEDED'],
    );
    expect(executions).toContainEqual(expect.objectContaining({ executionArn }));
  });

  test('lambda invoke: answers with the payload and the error of the function, if any', async () => {
    const invoke = async (name: string, payload: object, file: string) => {
      const named = ['--function-name', name];
      const answer = await aws('lambda', 'invoke', ...named, '--payload', payload, file);
      return { answer, payload: await readFile(path(folder, file), 'utf8') };
    };
    const told = await invoke(
      'hubbub-dev-workflows-BroadcastFunction',
      { topic: 'user:nobody', shard: 0, error: { ref: randomUUID(), code: 'Internal' } },
      'told.json',
    );
    expect(told.answer).toMatchObject({ StatusCode: 200 });
    expect(JSON.parse(told.payload)).toMatchObject({ delivered: 0, cursor: null });
    const failed = await invoke(
      'hubbub-dev-workflows-BroadcastFunction',
      { topic: 'user:nobody', shard: 0 },
      'failed.json',
    );
    expect(failed.answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(failed.payload)).toMatchObject({ errorType: 'TypeError' });
  });

  test('apigatewaymanagementapi: posts to a connection, looks at it, ends it, and then it is gone', async () => {
    const alice = await join(runtime.websocket);
    const { userId } = await alice.hears(alice.says('Which connection am I?'));
    const { Items } = await aws('dynamodb', 'scan', '--table-name', CONNECTIONS_TABLE);
    const mine = (Items as Record<string, { S?: string }>[]).find(
      (row) => row.sk?.S === 'connection' && row.userId?.S === userId,
    );
    const connectionId = mine?.pk?.S?.slice('connection#'.length);
    // `=`, because an id may begin with a hyphen.
    const manage = (action: string, ...more: string[]) =>
      aws('apigatewaymanagementapi', action, `--connection-id=${connectionId}`, ...more);
    await manage('post-to-connection', '--data', '{"type":"news","from":"the shell"}');
    const news = await alice.awaits('news', (heard) =>
      heard.find((frame) => String(frame.type) === 'news'),
    );
    expect(news).toEqual({ type: 'news', from: 'the shell' });
    const seen = await manage('get-connection');
    expect(new Date(String(seen.ConnectedAt)).getTime()).toBeLessThanOrEqual(Date.now());
    expect(seen.Identity).toMatchObject({ SourceIp: '127.0.0.1' });

    await manage('delete-connection');
    await alice.closed;
    for (const action of ['get-connection', 'delete-connection'] as const) {
      await expect(manage(action)).rejects.toThrow(/GoneException/);
    }
    await expect(manage('post-to-connection', '--data', '{}')).rejects.toThrow(/GoneException/);
  });

  test('sqs receive-message: a malformed event is kept in the dead-letter queue', async () => {
    const alice = await join(runtime.websocket);
    const messageId = randomUUID();
    await putEvent({ messageId, room: 'lobby', text: 'No topics, no sender' });
    const { QueueUrls } = await aws('sqs', 'list-queues');
    const QueueUrl = String(Object(QueueUrls)[0]);
    expect(QueueUrl).toMatch(/\/hubbub-dev-dead-letters$/);
    const received = await aws(
      'sqs',
      'receive-message',
      ...['--queue-url', QueueUrl, '--wait-time-seconds', '20'],
    );
    const [message] = received.Messages as { Body: string; ReceiptHandle: string }[];
    expect(message?.Body).toContain(messageId);
    const handle = String(message?.ReceiptHandle);
    await aws('sqs', 'delete-message', '--queue-url', QueueUrl, '--receipt-handle', handle);

    const marker = alice.says('Was there something?');
    await alice.hears(marker);
    expect(alice.messages().map((frame) => frame.messageId)).toEqual([marker]);
  });

  test.each([
    ['get-queue-url', ['--queue-name', 'nothing'], 'AWS.SimpleQueueService.NonExistentQueue'],
    ['delete-message', [...DEAD_LETTERS, '--receipt-handle', 'x'], 'ReceiptHandleIsInvalid'],
    [
      'send-message-batch',
      [...DEAD_LETTERS, '--entries', '[]'],
      'AWS.SimpleQueueService.EmptyBatchRequest',
    ],
    [
      'receive-message',
      [...DEAD_LETTERS, '--max-number-of-messages', '11'],
      'InvalidParameterValue',
    ],
    ['create-queue', ['--queue-name', 'nothing'], 'InvalidAction'],
  ])('sqs %s %j is answered %s', async (command, words, code) => {
    const at = words.map((word) => word.replace('ENDPOINT', runtime.aws));
    await expect(aws('sqs', command, ...at)).rejects.toThrow(`An error occurred (${code})`);
  });
}
