// Deliveries: each target's call, what is retried and how, what a dead letter says.
import { describe, expect, test } from '@jest/globals';
import type { TargetPlan } from '../cloudformation/plan.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import {
  DEAD_LETTERS,
  FUNCTION,
  fakeTargets,
  jumpingClock,
  MACHINE,
  QUEUE,
  recordingLog,
  rulePlan,
  targetPlan,
} from '../testing/fake-targets.ts';
import { type Delivery, deliver } from './delivery.ts';
import type { Envelope } from './envelope.ts';

const EVENT = { id: 'e1', detail: { messageId: 'm1' } } as unknown as Envelope;
const THROTTLED = () => new AwsError('TooManyRequestsException', 'Rate exceeded', 429);

async function run(target: TargetPlan, answers: unknown[] = [], more: Partial<Delivery> = {}) {
  const aws = fakeTargets(answers);
  const clock = jumpingClock();
  const { log, lines } = recordingLog();
  const delivery = {
    event: EVENT,
    takenAt: 0,
    rule: rulePlan(),
    target,
    input: '{"a":1}',
    retries: 0,
  };
  const deps = { aws, log, clock, random: () => 0.5, newId: () => 'x' };
  const outcome = await deliver({ ...delivery, ...more }, deps, new AbortController().signal);
  return {
    outcome,
    calls: aws.calls,
    slept: clock.slept,
    lines,
    deadLetter: aws.calls.at(-1)?.input,
  };
}

function attributes(input: Record<string, unknown> | undefined): Record<string, string> {
  const given = input?.MessageAttributes as Record<
    string,
    { DataType: string; StringValue: string }
  >;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value.StringValue]),
  );
}

describe('delivers to', () => {
  test('a function by an asynchronous Invoke', async () => {
    const { outcome, calls } = await run(targetPlan(FUNCTION));
    expect(outcome).toBe('delivered');
    const input = { FunctionName: FUNCTION, InvocationType: 'Event', Payload: '{"a":1}' };
    expect(calls).toEqual([{ service: 'lambda', action: 'Invoke', input }]);
  });

  test('a state machine by StartExecution, named after the event', async () => {
    const { calls } = await run(targetPlan(MACHINE));
    const input = { stateMachineArn: MACHINE, name: 'e1_x', input: '{"a":1}' };
    expect(calls).toEqual([{ service: 'states', action: 'StartExecution', input }]);
  });

  test('a queue by SendMessage, which takes plain text too', async () => {
    const { outcome, calls } = await run(targetPlan(QUEUE), [], { input: 'plain' });
    expect(outcome).toBe('delivered');
    const QueueUrl = 'https://sqs.eu-west-1.amazonaws.com/000000000000/inbox';
    const input = { QueueUrl, MessageBody: 'plain' };
    expect(calls).toEqual([{ service: 'sqs', action: 'SendMessage', input }]);
  });
});

describe('tries again', () => {
  test.each([
    ['throttling', THROTTLED()],
    ['a limit', new AwsError('ExecutionLimitExceeded', 'full', 400)],
    ['a server error', new AwsError('ServiceException', 'down', 503)],
    ['a broken connection', new Error('ECONNREFUSED')],
  ])('after %s', async (_, error) => {
    const { outcome, calls } = await run(targetPlan(MACHINE), [error]);
    expect(outcome).toBe('delivered');
    expect(calls).toHaveLength(2);
  });

  test('with waits that double and jitter, under one name of execution', async () => {
    const failures = Array.from({ length: 5 }, THROTTLED);
    const { slept, calls } = await run(targetPlan(MACHINE), failures);
    expect(slept).toEqual([250, 500, 1000, 2000, 4000]);
    expect(new Set(calls.map(({ input }) => input.name))).toEqual(new Set(['e1_x']));
  });

  test('up to the maximum of attempts, then writes the dead letter', async () => {
    const target = targetPlan(MACHINE, { maximumRetryAttempts: 2, deadLetterArn: DEAD_LETTERS });
    const failures = Array.from({ length: 3 }, THROTTLED);
    const { outcome, calls, deadLetter } = await run(target, failures);
    expect(outcome).toBe('dead-lettered');
    expect(calls.map(({ action }) => action)).toEqual([
      ...Array.from({ length: 3 }, () => 'StartExecution'),
      'SendMessage',
    ]);
    expect(deadLetter?.MessageBody).toBe(JSON.stringify(EVENT));
    expect(attributes(deadLetter)).toEqual({
      RULE_ARN: rulePlan().arn,
      TARGET_ARN: MACHINE,
      ERROR_CODE: 'THROTTLING',
      ERROR_MESSAGE: 'Rate exceeded',
      RETRY_ATTEMPTS: '2',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    });
  });

  test('up to the maximum age of the event', async () => {
    const target = targetPlan(MACHINE, { maximumEventAgeS: 60, deadLetterArn: DEAD_LETTERS });
    const failures = Array.from({ length: 9 }, THROTTLED);
    const { slept, deadLetter } = await run(target, failures);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
    const condition = { EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' };
    expect(attributes(deadLetter)).toMatchObject(condition);
  });

  test('185 times in about a day, with the defaults', async () => {
    const failures = Array.from({ length: 200 }, THROTTLED);
    const { outcome, slept } = await run(targetPlan(MACHINE), failures);
    expect(outcome).toBe('dropped');
    expect(slept.length).toBeGreaterThan(150);
    expect(slept.length).toBeLessThanOrEqual(185);
  });
});

describe('goes straight to the dead-letter queue for', () => {
  test.each([
    ['NO_PERMISSIONS', new AwsError('AccessDeniedException', 'no', 403)],
    ['NO_RESOURCE', new AwsError('StateMachineDoesNotExist', 'gone', 400)],
    ['NO_RESOURCE', new AwsError('ResourceNotFoundException', 'gone', 404)],
    ['INVALID_PARAMETER', new AwsError('InvalidExecutionInput', 'bad', 400)],
    ['RESOURCE_ALREADY_EXISTS', new AwsError('ExecutionAlreadyExists', 'twice', 400)],
    ['NO_PERMISSIONS', new AwsError('Forbidden', 'no', 403)],
  ])('%s', async (code, error) => {
    const { outcome, calls, deadLetter } = await run(
      targetPlan(MACHINE, { deadLetterArn: DEAD_LETTERS }),
      [error],
    );
    expect(outcome).toBe('dead-lettered');
    expect(calls).toHaveLength(2);
    expect(attributes(deadLetter)).toMatchObject({ ERROR_CODE: code, RETRY_ATTEMPTS: '0' });
    expect(attributes(deadLetter)).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  test('input that is not JSON, without calling the target', async () => {
    const target = targetPlan(FUNCTION, { deadLetterArn: DEAD_LETTERS });
    const { calls, deadLetter } = await run(target, [], { input: 'plain' });
    expect(calls.map(({ service }) => service)).toEqual(['sqs']);
    expect(attributes(deadLetter)).toMatchObject({ ERROR_CODE: 'INVALID_JSON' });
  });
});

test('without a dead-letter queue the event is dropped with a word that names rule and target', async () => {
  const { outcome, lines } = await run(targetPlan(MACHINE), [
    new AwsError('AccessDenied', 'no', 403),
  ]);
  expect(outcome).toBe('dropped');
  expect(lines.join()).toMatch(/rule distribute, target target: NO_PERMISSIONS.*dropped/);
});

test('a dead-letter queue that fails is told, too', async () => {
  const gone = new AwsError('QueueDoesNotExist', 'gone');
  const target = targetPlan(MACHINE, { deadLetterArn: DEAD_LETTERS });
  const { outcome, lines } = await run(target, [new AwsError('AccessDenied', 'no', 403), gone]);
  expect(outcome).toBe('dropped');
  expect(lines.join()).toMatch(/dead-letter queue: NO_RESOURCE/);
});
