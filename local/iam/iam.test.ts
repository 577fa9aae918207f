// IAM: what a policy allows, which permission a call needs, and who signed it.
import { describe, expect, test } from '@jest/globals';
import type { Service } from '../endpoint/aws.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import { BUS, FUNCTION, MACHINE, may, QUEUE, smallPlan, TABLE } from '../testing/small-plan.ts';
import { allows, authorize, callersOf, keyOf, refuseConditions } from './iam.ts';
import { needsOf } from './required-permissions.ts';

const get = { action: 'dynamodb:GetItem', resource: TABLE };

describe('a policy', () => {
  test.each([
    ['the action and the resource by name', [may('dynamodb:GetItem', TABLE)], true],
    ['an action in another case, as IAM reads them', [may('DynamoDB:getitem', TABLE)], true],
    ['wildcards', [may('dynamodb:Get*', 'arn:aws:dynamodb:*:table/message?')], true],
    ['a wildcard for everything', [may('*', '*')], true],
    ['nothing', [], false],
    ['another action', [may('dynamodb:PutItem', TABLE)], false],
    ['another resource', [may('dynamodb:GetItem', `${TABLE}2`)], false],
    ['a resource in another case', [may('dynamodb:GetItem', TABLE.toUpperCase())], false],
    ['a dot that is no wildcard', [may('dynamodb:GetItem', TABLE.replace(':', '.'))], false],
    ['a question mark that stands for one character', [may('dynamodb:GetItem?', TABLE)], false],
    ['a denial beside it', [may('*', '*'), may('dynamodb:*', TABLE, { effect: 'Deny' })], false],
    ['a denial of something else', [may('*', '*'), may('sqs:*', '*', { effect: 'Deny' })], true],
  ])('with %s', (_, policy, allowed) => {
    expect(allows(policy, get)).toBe(allowed);
  });

  test.each([
    ['StringEquals', 'chat.api', 'chat.api', true],
    ['StringEquals', 'chat.*', 'chat.api', false],
    ['StringLike', 'chat.*', 'chat.api', true],
    ['StringLike', 'chat.*', 'mail.api', false],
    ['ArnLike', 'chat.*', undefined, false],
  ])('with a condition %s %s meets %s', (operator, pattern, source, allowed) => {
    const conditions = { [operator]: { 'events:source': ['other', pattern] } };
    const context: Record<string, string> = source === undefined ? {} : { 'events:source': source };
    const need = { action: 'events:PutEvents', resource: BUS, context };
    expect(allows([may('events:PutEvents', BUS, { conditions })], need)).toBe(allowed);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  const keys = (operator: string, ...values: string[]) => ({
    [operator]: { 'dynamodb:LeadingKeys': values },
  });
  const some = keys('Null', 'false');
  test.each<[Record<string, Record<string, string[]>>, string[] | undefined, boolean]>([
    [keys('ForAllValues:StringLike', 'a#*'), ['a#1', 'a#2'], true],
    [keys('ForAllValues:StringLike', 'a#*'), ['a#1', 'b#2'], false],
    [keys('ForAllValues:StringLike', 'a#*', 'b#*'), ['a#1', 'b#2'], true],
    [keys('ForAllValues:StringLike', 'a#*'), ['aa#1'], false],
    [keys('ForAllValues:StringLike', 'a#*'), ['A#1'], false],
    [keys('ForAllValues:StringLike', 'a#*'), undefined, true],
    [{ ...keys('ForAllValues:StringLike', 'a#*'), ...some }, undefined, false],
    [{ ...keys('ForAllValues:StringLike', 'a#*'), ...some }, ['a#1'], true],
    [{ ...keys('ForAllValues:StringLike', 'a#*'), ...some }, ['b#1'], false],
    [keys('ForAllValues:StringEquals', 'a#*'), ['a#1'], false],
    [keys('ForAllValues:StringEquals', 'a#1'), ['a#1'], true],
    [keys('ForAnyValue:StringLike', 'a#*'), ['a#1', 'b#2'], true],
    [keys('ForAnyValue:StringLike', 'a#*'), ['b#2'], false],
    [keys('ForAnyValue:StringLike', 'a#*'), undefined, false],
    [keys('Null', 'true'), undefined, true],
    [keys('Null', 'true'), ['a#1'], false],
  ])('with %j meets the keys %j', (conditions, given, allowed) => {
    const context = given === undefined ? {} : { 'dynamodb:LeadingKeys': given };
    const need = { action: 'dynamodb:BatchWriteItem', resource: TABLE, context };
    expect(allows([may('dynamodb:*', TABLE, { conditions })], need)).toBe(allowed);
  });

  test.each([
    ['an operator', { StringNotEquals: { 'events:source': ['x'] } }, /StringNotEquals.*operator/],
    ['a key', { StringEquals: { 'dynamodb:Select': ['x'] } }, /dynamodb:Select.*key/],
    ['a set of it', { 'ForAllValues:Bool': { 'events:source': ['x'] } }, /Bool.*operator/],
    ['Null of a set', { 'ForAllValues:Null': { 'events:source': ['true'] } }, /Null.*operator/],
    [
      'one value where the key has several',
      { StringEquals: { 'dynamodb:LeadingKeys': ['x'] } },
      /dynamodb:LeadingKeys.*several values/,
    ],
    [
      'several where the key has one',
      { 'ForAllValues:StringLike': { 'events:source': ['x'] } },
      /events:source.*one value/,
    ],
  ])('with %s that cannot be weighed is refused by file and path', (_, conditions, why) => {
    const refuse = () => refuseConditions(smallPlan([may('*', '*', { conditions })]));
    expect(refuse).toThrow(/^api\/template\.yaml: Resources\.Greet\.Properties\.Policies = /);
    expect(refuse).toThrow(why);
  });
});

describe('a call', () => {
  const url = 'http://127.0.0.1/000000000000/dead';
  test.each<[Service, string, Record<string, unknown>, [string, string][]]>([
    ['dynamodb', 'GetItem', { TableName: 'messages' }, [['dynamodb:GetItem', TABLE]]],
    ['dynamodb', 'GetItem', { TableName: TABLE }, [['dynamodb:GetItem', TABLE]]],
    [
      'dynamodb',
      'Query',
      { TableName: 'messages', IndexName: 'i' },
      [['dynamodb:Query', `${TABLE}/index/i`]],
    ],
    [
      'dynamodb',
      'BatchWriteItem',
      { RequestItems: { messages: [], x: [] } },
      [
        ['dynamodb:BatchWriteItem', TABLE],
        ['dynamodb:BatchWriteItem', 'x'],
      ],
    ],
    [
      'dynamodb',
      'BatchGetItem',
      { RequestItems: { [TABLE]: {} } },
      [['dynamodb:BatchGetItem', TABLE]],
    ],
    [
      'dynamodb',
      'Query',
      { TableName: TABLE, IndexName: 'i' },
      [['dynamodb:Query', `${TABLE}/index/i`]],
    ],
    ['dynamodb', 'TagResource', { ResourceArn: TABLE }, [['dynamodb:TagResource', TABLE]]],
    ['dynamodb', 'ListTables', {}, [['dynamodb:ListTables', '*']]],
    [
      'events',
      'PutEvents',
      { Entries: [{ EventBusName: 'chat' }, {}] },
      [
        ['events:PutEvents', BUS],
        ['events:PutEvents', 'default'],
      ],
    ],
    ['events', 'ListEventBuses', {}, [['events:ListEventBuses', '*']]],
    ['lambda', 'Invoke', { FunctionName: 'greet' }, [['lambda:InvokeFunction', FUNCTION]]],
    ['lambda', 'GetFunction', { FunctionName: FUNCTION }, [['lambda:GetFunction', FUNCTION]]],
    ['sqs', 'SendMessage', { QueueUrl: url }, [['sqs:SendMessage', QUEUE]]],
    ['sqs', 'SendMessageBatch', { QueueUrl: url }, [['sqs:SendMessage', QUEUE]]],
    ['sqs', 'GetQueueUrl', { QueueName: 'dead' }, [['sqs:GetQueueUrl', QUEUE]]],
    ['sqs', 'ListQueues', {}, [['sqs:ListQueues', '*']]],
    [
      'states',
      'StartExecution',
      { stateMachineArn: MACHINE },
      [['states:StartExecution', MACHINE]],
    ],
    ['states', 'ListStateMachines', {}, [['states:ListStateMachines', '*']]],
    [
      'execute-api',
      'POST',
      { apiId: 'a', stage: 'dev', connectionId: 'c=' },
      [
        [
          'execute-api:ManageConnections',
          'arn:aws:execute-api:eu-west-1:000000000000:a/dev/POST/@connections/c=',
        ],
      ],
    ],
    // A field that the action does not read stands in for none.
    [
      'dynamodb',
      'GetItem',
      { TableName: 'x', RequestItems: { messages: {} }, ResourceArn: TABLE },
      [['dynamodb:GetItem', 'x']],
    ],
    [
      'dynamodb',
      'TagResource',
      { ResourceArn: 'x', TableName: TABLE },
      [['dynamodb:TagResource', 'x']],
    ],
    ['dynamodb', 'ListTables', { TableName: TABLE }, [['dynamodb:ListTables', '*']]],
    ['sqs', 'GetQueueUrl', { QueueName: 'x', QueueUrl: url }, [['sqs:GetQueueUrl', 'x']]],
    ['sqs', 'SendMessage', { QueueUrl: `${url}:x`, QueueName: 'dead' }, [['sqs:SendMessage', 'x']]],
    [
      'states',
      'DescribeExecution',
      { stateMachineArn: MACHINE, executionArn: 'x' },
      [['states:DescribeExecution', 'x']],
    ],
    [
      'states',
      'StartExecution',
      { stateMachineArn: 'x', executionArn: MACHINE },
      [['states:StartExecution', 'x']],
    ],
  ])('of %s %s with %j needs %j', (service, action, input, needs) => {
    const found = needsOf(smallPlan(), service, action, input);
    expect(found.map((need) => [need.action, need.resource])).toEqual(needs);
  });

  test('carries each event with its own source and type', () => {
    const entry = (Source: string) => ({ EventBusName: 'chat', Source, DetailType: 'Said' });
    const Entries = [entry('chat.api'), entry('other')];
    expect(needsOf(smallPlan(), 'events', 'PutEvents', { Entries })).toMatchObject([
      { context: { 'events:source': 'chat.api', 'events:detail-type': 'Said' } },
      { context: { 'events:source': 'other' } },
    ]);
  });

  const S = (value: string) => ({ S: value });
  test.each<[string, Record<string, unknown>, string[] | undefined]>([
    ['GetItem', { Key: { pk: S('a'), sk: S('s') } }, ['a']],
    ['UpdateItem', { Key: { pk: S('a'), sk: S('s') } }, ['a']],
    ['PutItem', { Item: { pk: { N: '7' }, sk: S('s'), text: S('b') } }, ['7']],
    [
      'BatchGetItem',
      { RequestItems: { messages: { Keys: [{ pk: S('a') }, { pk: S('b') }] } } },
      ['a', 'b'],
    ],
    [
      'BatchWriteItem',
      {
        RequestItems: {
          [TABLE]: [
            { PutRequest: { Item: { pk: S('a') } } },
            { DeleteRequest: { Key: { pk: S('b') } } },
          ],
        },
      },
      ['a', 'b'],
    ],
    [
      'Query',
      {
        KeyConditionExpression: 'sk = :s AND #k=:p',
        ExpressionAttributeNames: { '#k': 'pk' },
        ExpressionAttributeValues: { ':p': S('a'), ':s': S('s') },
      },
      ['a'],
    ],
    [
      'Query',
      { KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [S('a')] } } },
      ['a'],
    ],
    [
      'Query',
      {
        IndexName: 'BySeenAt',
        KeyConditionExpression: 'seen = :s',
        ExpressionAttributeValues: { ':s': S('i') },
      },
      ['i'],
    ],
    [
      'Scan',
      { FilterExpression: 'pk = :p', ExpressionAttributeValues: { ':p': S('a') } },
      undefined,
    ],
    ['Scan', { Key: { pk: S('a') } }, undefined], // a field that the action does not read stands in for none
    ['DescribeTable', {}, undefined],
  ])('%s of %j carries the leading keys %j', (action, input, keys) => {
    const plan = smallPlan();
    const hash = (AttributeName: string) => [{ AttributeName, KeyType: 'HASH' }];
    const GlobalSecondaryIndexes = [{ IndexName: 'BySeenAt', KeySchema: hash('seen') }];
    for (const table of plan.tables)
      table.create = { KeySchema: hash('pk'), GlobalSecondaryIndexes };
    const TableName = action.startsWith('Batch') ? {} : { TableName: 'messages' };
    const [need] = needsOf(plan, 'dynamodb', action, { ...TableName, ...input });
    expect(need?.context?.['dynamodb:LeadingKeys']).toEqual(keys);
  });

  test('that is not allowed is denied in words that name caller, action and resource', () => {
    const denied = () => authorize({ name: 'greet', policy: [] }, [get]);
    expect(denied).toThrow(AwsError);
    expect(denied).toThrow(
      `User: greet is not authorized to perform: dynamodb:GetItem on resource: ${TABLE}`,
    );
  });

  test('of the developer is never denied', () => {
    expect(() => authorize(undefined, [get])).not.toThrow();
  });

  test('is denied whole where one of its needs is', () => {
    const caller = { name: 'greet', policy: [may('dynamodb:*', TABLE)] };
    expect(() => authorize(caller, [get, { ...get, resource: 'elsewhere' }])).toThrow(/elsewhere/);
  });
});

test('who signs is told by the key of each function', () => {
  const plan = smallPlan();
  const { accessKeyId } = keyOf(plan.functions[0]);
  expect(accessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
  expect(callersOf(plan).get(accessKeyId)).toEqual({ name: 'greet', policy: [] });
});
