// The meter: each thing that AWS bills is counted once, as AWS counts it.
import { expect, test } from '@jest/globals';
import { billOf, costOf, createMeter, sumOf, usedSince } from './bill.ts';
import { AwsError } from './endpoint/aws-error.ts';

const KB = 1024;
const answers = (output: object) => async () => output as Record<string, unknown>;

test('frames are counted by started pieces of 32 KB, and an empty one is one', () => {
  const meter = createMeter();
  for (const bytes of [0, 1, 32 * KB, 32 * KB + 1, 128 * KB]) meter.frame(bytes);
  expect(meter.usage().frames).toBe(1 + 1 + 1 + 2 + 4);
});

test('units are those that the tables consumed, and are told only to callers that ask', async () => {
  const meter = createMeter();
  const capacity = (units: number) => ({ CapacityUnits: units });
  const call = meter.metered('dynamodb', async (action, { ReturnConsumedCapacity }) => ({
    ...{ Items: [], asked: ReturnConsumedCapacity },
    ConsumedCapacity: action.startsWith('Batch') ? [capacity(2), capacity(3)] : capacity(0.5),
  }));
  expect(await call('Query', {})).toEqual({ Items: [], asked: 'TOTAL' });
  expect(await call('Query', { ReturnConsumedCapacity: 'TOTAL' })).toHaveProperty(
    'ConsumedCapacity',
  );
  await call('BatchWriteItem', {});
  await call('DescribeTable', {});
  expect(meter.usage()).toMatchObject({ readUnits: 1, writeUnits: 5 });
});

test('a write whose condition fails is billed, one that is refused is not', async () => {
  const meter = createMeter();
  const codes = ['ConditionalCheckFailedException', 'ValidationException'];
  const call = meter.metered('dynamodb', async () => {
    throw new AwsError(codes.shift() ?? '', 'no');
  });
  await expect(call('UpdateItem', {})).rejects.toThrow('no');
  await expect(call('UpdateItem', {})).rejects.toThrow('no');
  expect(meter.usage().writeUnits).toBe(1);
});

test('events are counted by started pieces of 64 KB, executions and queue requests each', async () => {
  const meter = createMeter();
  const Entries = [{ Detail: 'x' }, { Detail: 'x'.repeat(65 * KB) }];
  await meter.metered('events', answers({}))('PutEvents', { Entries });
  await meter.metered('events', answers({}))('ListRules', {});
  const states = meter.metered('states', answers({}));
  for (const action of ['StartExecution', 'StartSyncExecution', 'ListExecutions'])
    await states(action, {});
  await meter.metered('sqs', answers({}))('ReceiveMessage', {});
  expect(meter.usage()).toMatchObject({ events: 3, executions: 2, queueRequests: 1 });
});

test('an invocation is billed by the memory of its function', async () => {
  const meter = createMeter();
  const call = meter.metered('lambda', answers({}), (name) => (name === 'big' ? 2_048 : 1_024));
  await call('Invoke', { FunctionName: 'big' });
  await call('GetFunction', { FunctionName: 'big' });
  const before = meter.usage();
  await call('Invoke', { FunctionName: 'small' });
  expect(before.functionGbSeconds).toBeCloseTo(2 * 0.03);
  expect(usedSince(before, meter.usage())).toMatchObject({ invocations: 1 });
  expect(usedSince(before, meter.usage()).functionGbSeconds).toBeCloseTo(0.03);
});

test('a million frames cost a dollar, and the bill says what of', () => {
  const meter = createMeter();
  const usage = { ...meter.usage(), frames: 1e6 };
  expect(costOf(usage)).toMatchObject({ gateway: 1, lambda: 0 });
  expect(sumOf(costOf(usage))).toBeCloseTo(1);
  expect(billOf(usage)).toContain('about $1.0000: 1000000 frames');
  expect(billOf(meter.usage())).toContain('less than $0.0001');
});
