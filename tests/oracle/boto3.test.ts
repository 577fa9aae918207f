// The local runtime as boto3 sees it: error codes, pages, refusals, and what AWS accepts in other forms.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { QUERY_ERRORS } from '../../local/queues/errors.ts';
import { readPlan } from '../../local/template/read-plan.ts';
import { type LocalRuntime, ROOT, startLocal } from '../contract/runtime.ts';
import { judgedBy, pythonWith } from '../judges.ts';
import { startBoto3 } from './boto3.ts';

judgedBy('boto3', pythonWith('boto3'), 'boto3', (python) => {
  let runtime: LocalRuntime;
  let boto3: ReturnType<typeof startBoto3>;
  beforeAll(async () => {
    runtime = await startLocal(['--quiet']);
    boto3 = startBoto3(python, runtime.aws);
  });
  afterAll(async () => {
    await boto3.stop();
    await runtime.stop();
  });

  describe('every error of SQS', () => {
    const long = 'x'.repeat(600_000);
    const entries = (count: number, MessageBody = 'x') =>
      Array.from({ length: count }, (_, at) => ({ Id: String(at), MessageBody }));
    const CASES: [name: string, operation: string, input: object][] = [
      ['QueueDoesNotExist', 'get_queue_url', { QueueName: 'nothing' }],
      ['ReceiptHandleIsInvalid', 'delete_message', { ReceiptHandle: 'x' }],
      ['InvalidMessageContents', 'send_message', { MessageBody: '\u0000' }],
      ['EmptyBatchRequest', 'send_message_batch', { Entries: [] }],
      ['TooManyEntriesInBatchRequest', 'send_message_batch', { Entries: entries(11) }],
      [
        'BatchEntryIdsNotDistinct',
        'send_message_batch',
        { Entries: [...entries(1), ...entries(1)] },
      ],
      ['BatchRequestTooLong', 'send_message_batch', { Entries: entries(2, long) }],
      ['InvalidAttributeName', 'get_queue_attributes', { AttributeNames: ['Nope'] }],
      ['MissingRequiredParameterException', 'send_message', { MessageBody: '' }],
      ['InvalidParameterValueException', 'receive_message', { MaxNumberOfMessages: 11 }],
      ['UnknownOperationException', 'create_queue', { QueueName: 'nothing' }],
    ];

    test.each(CASES)('%s of %s', async (name, operation, input) => {
      const QueueUrl = `${runtime.aws}/000000000000/hubbub-dev-dead-letters`;
      const named = 'QueueName' in input ? input : { QueueUrl, ...input };
      const { code, status } = QUERY_ERRORS[name] ?? {};
      expect(await boto3.error('sqs', operation, named)).toMatchObject({
        ...{ Code: code, QueryErrorCode: name, Type: 'Sender', status },
        type: expect.stringMatching(/Exception$/.test(name) ? /^ClientError$/ : name),
      });
    });

    test('is among these, but those that another test provokes', () => {
      const elsewhere = ['MessageNotInflight', 'AccessDeniedException'];
      const provoked = CASES.map(([name]) => name);
      expect([...provoked, ...elsewhere].sort()).toEqual(Object.keys(QUERY_ERRORS).sort());
    });
  });

  test('a message that is shown again is no longer in flight', async () => {
    const QueueUrl = `${runtime.aws}/000000000000/hubbub-dev-dead-letters`;
    await boto3.call('sqs', 'send_message', { QueueUrl, MessageBody: 'x' });
    const { Messages } = await boto3.call('sqs', 'receive_message', { QueueUrl });
    const [{ ReceiptHandle }] = Messages as [{ ReceiptHandle: string }];
    const shown = { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 };
    await boto3.call('sqs', 'change_message_visibility', shown);
    expect(await boto3.error('sqs', 'change_message_visibility', shown)).toMatchObject({
      ...{ Code: 'AWS.SimpleQueueService.MessageNotInflight', type: 'MessageNotInflight' },
    });
    await boto3.call('sqs', 'delete_message', { QueueUrl, ReceiptHandle });
  });

  describe('time to live is described as the template has it:', () => {
    const { tables } = readPlan(ROOT, { stage: 'dev' });
    test.each(tables)('$name, $ttlAttribute', async ({ name, arn, ttlAttribute }) => {
      const expected =
        ttlAttribute === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute };
      for (const TableName of [name, arn])
        expect(await boto3.call('dynamodb', 'describe_time_to_live', { TableName })).toMatchObject({
          TimeToLiveDescription: expected,
        });
    });

    test('some tables have one', () => {
      expect(tables.filter(({ ttlAttribute }) => ttlAttribute !== undefined)).not.toEqual([]);
    });
  });

  test.each([
    ['dynamodb', 'transact_write_items', { TransactItems: [{}] }, 'dynamodb:TransactWriteItems'],
    ['dynamodb', 'execute_statement', { Statement: 'SELECT' }, 'dynamodb:ExecuteStatement'],
    ['dynamodb', 'describe_limits', {}, 'dynamodb:DescribeLimits'],
    ['events', 'list_archives', {}, 'events:ListArchives'],
    ['stepfunctions', 'list_activities', {}, 'states:ListActivities'],
    ['sqs', 'list_queue_tags', { QueueUrl: 'http://127.0.0.1/0/x' }, 'sqs:ListQueueTags'],
    ['lambda', 'list_layers', {}, '/2018-10-31/layers'],
  ])('%s %s %j is refused by name', async (service, operation, input, name) => {
    const { Message } = await boto3.error(service, operation, input);
    expect(Message).toContain(name);
  });
});
