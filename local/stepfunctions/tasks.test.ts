// Tasks: the calls they make, how their failures are named, retried and caught.
import { expect, test } from '@jest/globals';
import { AwsError } from '../endpoint/aws-error.ts';
import { plan, trial } from '../testing/state-machine.ts';

const sdk = { SdkHttpMetadata: { HttpStatusCode: 200 } };
const task = (resource: string, fields: object = {}) => ({
  A: { Type: 'Task', Resource: `arn:aws:states:::${resource}`, End: true, ...fields },
});

test('a task calls as its machine, with the Parameters as they are', async () => {
  const Parameters = { TableName: 'T', Key: { room: { 'S.$': '$.room' } } };
  const one = trial(task('dynamodb:getItem', { Parameters }), () => ({ Item: { n: { N: '1' } } }));
  expect((await one.sync({ room: 'r' })).output).toEqual({ Item: { n: { N: '1' } }, ...sdk });
  const input = { TableName: 'T', Key: { room: { S: 'r' } } };
  expect(one.calls).toEqual([['GetItem', input, { name: 'trial', policy: [] }]]);
});

test('lambda:invoke sends Payload as JSON and gives it back parsed', async () => {
  const Parameters = { FunctionName: 'f', Payload: { 'text.$': '$.text' } };
  const one = trial(
    task('lambda:invoke', { Parameters, ResultSelector: { 'p.$': '$.Payload' } }),
    (_, input) => ({
      StatusCode: 200,
      Payload: input.Payload,
    }),
  );
  expect((await one.sync({ text: 'a\\b"' })).output).toEqual({ p: { text: 'a\\b"' } });
});

test('a bare function ARN takes the input and gives the payload', async () => {
  const Resource = 'arn:aws:lambda:eu-west-1:000000000000:function:f';
  const one = trial({ A: { Type: 'Task', Resource, End: true } }, () => ({ Payload: '[1]' }));
  expect((await one.sync({ a: 1 })).output).toEqual([1]);
  expect(one.calls[0]?.[1]).toEqual({ FunctionName: Resource, Payload: '{"a":1}' });
});

test("a function's error is the task's error, its payload the cause", async () => {
  const Payload = '{"errorType":"TooFew","errorMessage":"no"}';
  const one = trial(task('lambda:invoke', { Parameters: { FunctionName: 'f' } }), () => ({
    ...{ StatusCode: 200, FunctionError: 'Unhandled', Payload },
  }));
  expect(await one.sync({})).toMatchObject({ status: 'FAILED', error: 'TooFew', cause: Payload });
});

test('sqs:sendMessage serialises an object body', async () => {
  const Parameters = { QueueUrl: 'q', 'MessageBody.$': '$' };
  const one = trial(task('sqs:sendMessage', { Parameters }), () => ({ MessageId: 'm' }));
  expect((await one.sync({ a: [1] })).output).toEqual({ MessageId: 'm', ...sdk });
  expect(one.calls[0]?.[1]).toEqual({ QueueUrl: 'q', MessageBody: '{"a":[1]}' });
});

test('events:putEvents names execution and machine as resources, and fails when an entry failed', async () => {
  const Parameters = { Entries: [{ Source: 's', DetailType: 'd', 'Detail.$': '$' }] };
  const one = trial(task('events:putEvents', { Parameters }), () => ({
    FailedEntryCount: 1,
    Entries: [],
  }));
  expect(await one.sync({ a: 1 })).toMatchObject({ error: 'EventBridge.FailedEntry' });
  expect(one.calls[0]?.[1]).toMatchObject({
    Entries: [
      { Detail: '{"a":1}', Resources: [expect.stringContaining(':express:trial:'), plan({}).arn] },
    ],
  });
});

test.each([
  [
    'dynamodb:putItem',
    'ConditionalCheckFailedException',
    'DynamoDB.ConditionalCheckFailedException',
  ],
  [
    'dynamodb:putItem',
    'ProvisionedThroughputExceededException',
    'DynamoDB.ProvisionedThroughputExceededException',
  ],
  ['dynamodb:putItem', 'ValidationException', 'DynamoDB.AmazonDynamoDBException'],
  ['dynamodb:putItem', 'InternalServerError', 'DynamoDB.InternalServerErrorException'],
  ['dynamodb:putItem', 'AccessDeniedException', 'DynamoDB.AmazonDynamoDBException'],
  ['lambda:invoke', 'TooManyRequestsException', 'Lambda.TooManyRequestsException'],
  ['lambda:invoke', 'AccessDeniedException', 'Lambda.AWSLambdaException'],
  ['sqs:sendMessage', 'QueueDoesNotExist', 'SQS.QueueDoesNotExistException'],
  ['sqs:sendMessage', 'InvalidMessageContents', 'SQS.InvalidMessageContentsException'],
  ['sqs:sendMessage', 'InvalidParameterValueException', 'SQS.AmazonSQSException'],
  ['sqs:sendMessage', 'AccessDenied', 'SQS.AmazonSQSException'],
])('%s: %s is called %s', async (resource, code, error) => {
  const one = trial(task(resource), () => {
    throw new AwsError(code, 'no');
  });
  expect(await one.sync({})).toMatchObject({ status: 'FAILED', error });
});

const failing = (times: number, code = 'ThrottlingException') => {
  let left = times;
  return () => {
    if (left-- > 0) throw new AwsError(code, 'slow down');
    return { ok: true };
  };
};

test('Retry backs off by its rate, up to its ceiling, and stops at its attempts', async () => {
  const Retry = [
    {
      ErrorEquals: ['DynamoDB.ThrottlingException'],
      IntervalSeconds: 1,
      BackoffRate: 3,
      MaxDelaySeconds: 5,
      MaxAttempts: 4,
    },
  ];
  const one = trial(task('dynamodb:getItem', { Retry }), failing(4));
  expect((await one.sync({})).status).toBe('SUCCEEDED');
  expect(one.waits).toEqual([1000, 3000, 5000, 5000]);
  const two = trial(task('dynamodb:getItem', { Retry }), failing(5));
  expect((await two.sync({})).error).toBe('DynamoDB.ThrottlingException');
});

test('full jitter waits any part of the delay', async () => {
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, JitterStrategy: 'FULL' }];
  const one = trial(task('dynamodb:getItem', { Retry }), failing(2), () => 0.25);
  await one.sync({});
  expect(one.waits).toEqual([500, 1000]);
});

test('each retrier counts for itself, and RetryCount is in the context', async () => {
  const codes = ['ThrottlingException', 'InternalServerError', 'ThrottlingException'];
  const Retry = ['DynamoDB.ThrottlingException', 'DynamoDB.InternalServerErrorException'].map(
    (name) => ({
      ...{ ErrorEquals: [name], MaxAttempts: 2 },
    }),
  );
  const Parameters = { 'n.$': '$$.State.RetryCount' };
  const one = trial(task('dynamodb:getItem', { Retry, Parameters }), () => {
    const code = codes.shift();
    if (code) throw new AwsError(code, 'no');
    return {};
  });
  expect((await one.sync({})).status).toBe('SUCCEEDED');
  expect(one.calls.map(([, { n }]) => n)).toEqual([0, 1, 2, 3]);
});

test('Catch puts Error and Cause beside the input and goes on', async () => {
  const states = {
    ...task('dynamodb:putItem', {
      Catch: [
        {
          ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'],
          ResultPath: '$.failure',
          Next: 'B',
        },
        { ErrorEquals: ['States.ALL'], Next: 'C' },
      ],
    }),
    B: { Type: 'Succeed' },
    C: { Type: 'Fail', Error: 'Wrong' },
  };
  const one = trial(states, failing(1, 'ConditionalCheckFailedException'));
  expect((await one.sync({ text: 'x' })).output).toEqual({
    text: 'x',
    failure: {
      Error: 'DynamoDB.ConditionalCheckFailedException',
      Cause: expect.stringContaining('slow down'),
    },
  });
});

test('a failing iteration stops the Map, and the Map can be caught', async () => {
  const inner = { ...task('dynamodb:getItem').A, Parameters: { 'n.$': '$' } };
  const states = {
    A: {
      Type: 'Map',
      MaxConcurrency: 1,
      ItemProcessor: { StartAt: 'Look', States: { Look: inner } },
      Catch: [{ ErrorEquals: ['DynamoDB.ThrottlingException'], ResultPath: null, Next: 'B' }],
      End: true,
    },
    B: { Type: 'Succeed' },
  };
  const one = trial(states, failing(1));
  expect((await one.sync([1, 2, 3])).output).toEqual([1, 2, 3]);
  expect(one.calls).toHaveLength(1);
});

test('a task over its time fails with States.Timeout, which States.TaskFailed does not match', async () => {
  const states = {
    ...task('lambda:invoke', {
      TimeoutSeconds: 1,
      Catch: [
        { ErrorEquals: ['States.TaskFailed'], Next: 'B' },
        { ErrorEquals: ['States.Timeout'], Next: 'C' },
      ],
    }),
    B: { Type: 'Fail', Error: 'Wrong' },
    C: { Type: 'Pass', Result: 'late', End: true },
  };
  const one = trial(states, () => new Promise(() => {}));
  expect((await one.sync({})).output).toBe('late');
});
