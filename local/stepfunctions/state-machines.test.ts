// The Step Functions API, as a developer's CLI and the bus use it.
import { expect, test } from '@jest/globals';
import { plan, trial } from '../testing/state-machine.ts';

const LOOK = { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:getItem', End: true };
const stateMachineArn = plan({}).arn;

function gate() {
  const { promise, resolve } = Promise.withResolvers<object>();
  return { promise, open: () => resolve({}) };
}

test('the same name twice runs twice, each under an ARN of its own', async () => {
  const { machines } = trial({ A: { Type: 'Succeed' } });
  const start = { stateMachineArn, name: 'm', input: '{}' };
  const [one, two] = [
    await machines.call('StartExecution', start),
    await machines.call('StartExecution', start),
  ];
  expect(one.executionArn).toMatch(
    /^arn:aws:states:eu-west-1:000000000000:express:trial:m:[\da-f-]{36}$/,
  );
  expect(one.executionArn).not.toBe(two.executionArn);
  expect(Math.abs(Number(one.startDate) - Date.now() / 1000)).toBeLessThan(60);
  expect(await machines.settled(5000)).toBe(true);
  const { executions } = await machines.call('ListExecutions', { stateMachineArn });
  expect(executions).toMatchObject([
    { executionArn: two.executionArn, status: 'SUCCEEDED' },
    { executionArn: one.executionArn, status: 'SUCCEEDED' },
  ]);
});

test('DescribeExecution tells input and output as JSON strings', async () => {
  const { machines } = trial({ A: { Type: 'Succeed' } });
  const { executionArn } = await machines.call('StartExecution', {
    stateMachineArn,
    input: '{"a": 1}',
  });
  await machines.settled(5000);
  expect(await machines.call('DescribeExecution', { executionArn })).toMatchObject({
    ...{ status: 'SUCCEEDED', input: '{"a": 1}', output: '{"a":1}', stateMachineArn },
  });
});

test('the history tells every step, each with the one before it', async () => {
  const { machines } = trial({ A: LOOK }, () => ({ Item: {} }));
  const { executionArn } = await machines.call('StartSyncExecution', {
    stateMachineArn,
    input: '{"k":1}',
  });
  const { events } = await machines.call('GetExecutionHistory', { executionArn });
  const told = events as { id: number; previousEventId: number; type: string }[];
  expect(told.map(({ type }) => type)).toEqual([
    ...['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded'],
    ...['TaskStateExited', 'ExecutionSucceeded'],
  ]);
  expect(told.map(({ id, previousEventId }) => [id, previousEventId])).toEqual(
    told.map((_, i) => [i + 1, i]),
  );
  expect(told[1]).toMatchObject({ stateEnteredEventDetails: { name: 'A', input: '{"k":1}' } });
  expect(told[2]).toMatchObject({
    taskScheduledEventDetails: {
      resourceType: 'dynamodb',
      resource: 'getItem',
      parameters: '{"k":1}',
    },
  });
  expect(told[6]).toMatchObject({ executionSucceededEventDetails: { output: expect.any(String) } });
});

test('a list comes in pages', async () => {
  const { machines } = trial({ A: { Type: 'Succeed' } });
  const { executionArn } = await machines.call('StartSyncExecution', { stateMachineArn });
  const first = await machines.call('GetExecutionHistory', { executionArn, maxResults: 3 });
  expect(first.events).toHaveLength(3);
  const rest = await machines.call('GetExecutionHistory', {
    executionArn,
    nextToken: first.nextToken,
  });
  expect(rest).toMatchObject({ events: [{ type: 'ExecutionSucceeded' }] });
  expect(rest.nextToken).toBeUndefined();
});

test('StopExecution aborts what runs', async () => {
  const { machines } = trial({ A: LOOK }, () => gate().promise);
  const { executionArn } = await machines.call('StartExecution', { stateMachineArn });
  expect(await machines.settled(0)).toBe(false);
  await machines.call('StopExecution', { executionArn, error: 'Enough', cause: 'why' });
  const found = await machines.call('DescribeExecution', { executionArn });
  expect(found).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'why' });
});

test('a new definition is for new executions; those that run end with the old', async () => {
  const { promise, open } = gate();
  const { machines } = trial(
    {
      A: { Type: 'Task', Resource: LOOK.Resource, Next: 'B' },
      B: { Type: 'Pass', Result: 'old', End: true },
    },
    () => promise,
  );
  const { executionArn } = await machines.call('StartExecution', { stateMachineArn });
  machines.update([plan({ A: { Type: 'Pass', Result: 'new', End: true } })]);
  expect(await machines.call('StartSyncExecution', { stateMachineArn })).toMatchObject({
    output: '"new"',
  });
  open();
  expect(await machines.settled(5000)).toBe(true);
  expect(await machines.call('DescribeExecution', { executionArn })).toMatchObject({
    output: '"old"',
  });
});

test('a definition that is refused changes nothing', async () => {
  const { machines } = trial({ A: { Type: 'Pass', Result: 'good', End: true } });
  expect(() => machines.update([plan({ A: { Type: 'Nope' } })])).toThrow(
    'trial.asl.json: States.A.Type',
  );
  expect(await machines.call('StartSyncExecution', { stateMachineArn })).toMatchObject({
    output: '"good"',
  });
});

test('stop ends what would not end by itself', async () => {
  const { machines } = trial({ A: LOOK }, () => gate().promise);
  const { executionArn } = await machines.call('StartExecution', { stateMachineArn });
  await machines.stop();
  expect(await machines.call('DescribeExecution', { executionArn })).toMatchObject({
    status: 'ABORTED',
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ['StartExecution', { stateMachineArn: `${stateMachineArn}x` }, 'StateMachineDoesNotExist'],
  ['StartExecution', { stateMachineArn: 'trial' }, 'InvalidArn'],
  ['StartExecution', { stateMachineArn, input: '{' }, 'InvalidExecutionInput'],
  ['StartExecution', { stateMachineArn, name: 'a b' }, 'InvalidName'],
  ['StartExecution', { stateMachineArn, input: `"${'x'.repeat(262_144)}"` }, 'ValidationException'],
  ['DescribeExecution', { executionArn: `${stateMachineArn}:x` }, 'ExecutionDoesNotExist'],
  ['GetExecutionHistory', { executionArn: 'x' }, 'InvalidArn'],
  ['ListStateMachines', { maxResults: -1 }, 'ValidationException'],
  ['ListStateMachines', { nextToken: '1' }, 'InvalidToken'],
  ['ListExecutions', { stateMachineArn, maxResults: 1001 }, 'ValidationException'],
  ['ListExecutions', { stateMachineArn, statusFilter: 'DONE' }, 'ValidationException'],
  ['SendTaskSuccess', {}, 'UnknownOperationException'],
])('%s with %j answers %s', async (action, input, code) => {
  await expect(
    trial({ A: { Type: 'Succeed' } }).machines.call(action, input),
  ).rejects.toMatchObject({ code });
});
