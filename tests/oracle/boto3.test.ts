// The local runtime as boto3 sees it: error codes, pages, refusals, and what AWS accepts in other forms.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readPlan } from '../../local/cloudformation/read-plan.ts';
import { QUERY_ERRORS } from '../../local/sqs/errors.ts';
import { type LocalRuntime, ROOT, startLocal } from '../contract/runtime.ts';
import { eventually } from '../contract/stored.ts';
import { judgedBy, pythonWith } from '../judges.ts';
import { startBoto3 } from './boto3.ts';

const MACHINE =
  'arn:aws:states:us-east-1:000000000000:stateMachine:hubbub-dev-message-distribution';

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

  describe('pages of one item hold what one page holds:', () => {
    const RULE = { EventBusName: 'hubbub-dev' };
    let rules: { Name: string }[];
    let TargetArn: string;
    let executionArn: unknown;
    beforeAll(async () => {
      rules = (await boto3.call('events', 'list_rules', RULE)).Rules as { Name: string }[];
      const targets = { ...RULE, Rule: rules[0]?.Name };
      const { Targets } = await boto3.call('events', 'list_targets_by_rule', targets);
      TargetArn = String(Object(Targets)[0].Arn);
      for (let i = 0; i < 3; i++) {
        const started = await boto3.call('stepfunctions', 'start_execution', {
          ...{ stateMachineArn: MACHINE, input: '{}' },
        });
        executionArn = started.executionArn;
      }
      await eventually(
        'the execution ended',
        () => boto3.call('stepfunctions', 'describe_execution', { executionArn }),
        ({ status }) => status !== 'RUNNING',
      );
    });

    /** How each service names the limit, the token that it takes, the token that it gives, and a bad token's error. */
    const NAMES: Record<string, [limit: string, takes: string, gives: string, error?: string]> = {
      lambda: ['MaxItems', 'Marker', 'NextMarker', 'InvalidParameterValueException'],
      events: ['Limit', 'NextToken', 'NextToken', 'ValidationException'],
      stepfunctions: ['maxResults', 'nextToken', 'nextToken', 'InvalidToken'],
      sqs: ['MaxResults', 'NextToken', 'NextToken', 'InvalidParameterValue'],
      // DynamoDB takes any name to start behind.
      dynamodb: ['Limit', 'ExclusiveStartTableName', 'LastEvaluatedTableName'],
    };

    test.each<[service: string, operation: string, field: string, least: number, () => object]>([
      ['lambda', 'list_functions', 'Functions', 2, () => ({})],
      ['events', 'list_event_buses', 'EventBuses', 2, () => ({})],
      ['events', 'list_rules', 'Rules', 2, () => RULE],
      ['events', 'list_targets_by_rule', 'Targets', 1, () => ({ ...RULE, Rule: rules[0]?.Name })],
      ['events', 'list_rule_names_by_target', 'RuleNames', 1, () => ({ ...RULE, TargetArn })],
      ['stepfunctions', 'list_state_machines', 'stateMachines', 2, () => ({})],
      ['stepfunctions', 'list_executions', 'executions', 3, () => ({ stateMachineArn: MACHINE })],
      ['stepfunctions', 'get_execution_history', 'events', 3, () => ({ executionArn })],
      ['sqs', 'list_queues', 'QueueUrls', 1, () => ({})],
      ['dynamodb', 'list_tables', 'TableNames', 3, () => ({})],
    ])('%s %s', async (service, operation, field, least, inputOf) => {
      const [limit = '', takes = '', gives = '', error] = NAMES[service] ?? [];
      const one = { ...inputOf(), [limit]: 1 };
      const whole = (await boto3.call(service, operation, inputOf()))[field] as unknown[];
      expect(whole.length).toBeGreaterThanOrEqual(least);
      const found: unknown[] = [];
      let token: unknown;
      do {
        const from = token === undefined ? {} : { [takes]: token };
        const page = await boto3.call(service, operation, { ...one, ...from });
        expect(page[field]).toHaveLength(1);
        found.push(...(page[field] as unknown[]));
        token = page[gives] ?? undefined;
      } while (token !== undefined);
      expect(found).toEqual(whole);
      if (error === undefined) return;
      const bad = await boto3.error(service, operation, { ...one, [takes]: 'eA' });
      expect(bad).toMatchObject({ Code: error, status: 400 });
    });

    test.each([
      ['lambda', 'list_functions', { MaxItems: 10_001 }, 'ValidationException'],
      ['events', 'list_rules', { Limit: 101 }, 'ValidationException'],
      ['stepfunctions', 'list_state_machines', { maxResults: 1001 }, 'ValidationException'],
      ['sqs', 'list_queues', { MaxResults: 1001 }, 'InvalidParameterValue'],
      ['dynamodb', 'list_tables', { Limit: 101 }, 'ValidationException'],
    ])('%s %s with %j is answered %s', async (service, operation, input, code) => {
      const { Code } = await boto3.error(service, operation, input);
      expect(Code).toBe(code);
    });

    test('boto3’s own paginators come to an end', async () => {
      const pages = await boto3.pages('events', 'list_rules', {
        ...{ ...RULE, PaginationConfig: { PageSize: 2 } },
      });
      expect(pages.flatMap(({ Rules }) => Rules)).toEqual(rules);
    });
  });

  test('start_sync_execution works with the variable of docs/running-locally.md, and not without', async () => {
    const [, name = '', value] = /export (AWS_DISABLE\w+)=(\w+)/.exec(
      readFileSync(join(ROOT, 'docs/running-locally.md'), 'utf8'),
    ) ?? ['', '', ''];
    const told = startBoto3(python, runtime.aws, { [name]: value });
    const start = { stateMachineArn: MACHINE, input: '{}' };
    expect(await told.call('stepfunctions', 'start_sync_execution', start)).toMatchObject({
      ...{ stateMachineArn: MACHINE, billingDetails: { billedMemoryUsedInMB: 64 } },
    });
    await told.stop();
    expect(await boto3.error('stepfunctions', 'start_sync_execution', start)).toMatchObject({
      ...{ type: 'EndpointConnectionError', Message: expect.stringContaining('//sync-127.0.0.1') },
    });
  });
});
