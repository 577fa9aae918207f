// Event source mappings: what a queue holds reaches the function in batches, and only what it is done with is deleted.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventSourcePlan, FunctionPlan, QueuePlan } from '../cloudformation/plan.ts';
import type { Aws, Principal } from '../endpoint/aws.ts';
import { silent } from '../log.ts';
import { type Queues, startQueues } from '../sqs/queues.ts';
import { planOf } from '../testing/functions.ts';
import { type EventSources, failedIn, startEventSources } from './event-source-mappings.ts';

const origin = { file: 'template.yaml', path: 'Resources' };
const region = 'eu-west-1';
const arnOf = (name: string) => `arn:aws:sqs:${region}:000000000000:${name}`;
const queue = (name: string, more: Partial<QueuePlan> = {}): QueuePlan => ({
  ...{ name, arn: arnOf(name), visibilityTimeoutS: 1, retentionS: 3_600, origin },
  ...more,
});
const DEAD = queue('dead');
const WORK = queue('work', { redrive: { deadLetterArn: DEAD.arn, maxReceiveCount: 2 } });
const worker: FunctionPlan = planOf('/nowhere', 'worker');
const source: EventSourcePlan = {
  ...{ queueArn: WORK.arn, functionArn: worker.arn, batchSize: 3, enabled: true, origin },
  reportsFailures: true,
};

interface Event {
  Records: { messageId: string; body: string; [field: string]: unknown }[];
}

let folder: string;
let queues: Queues;
let sources: EventSources | undefined;
let events: Event[];
let callers: (string | undefined)[];
/** What the function answers: a value, or a failure of its own. */
let answer: (event: Event) => unknown;

const aws: Aws = {
  async call(service, action, input, caller?: Principal) {
    if (service === 'sqs') {
      callers.push(caller?.name);
      return queues.call(action, input);
    }
    const event = JSON.parse(String(input.Payload)) as Event;
    events.push(event);
    try {
      return { StatusCode: 200, Payload: JSON.stringify(await answer(event)) };
    } catch {
      return { StatusCode: 200, FunctionError: 'Unhandled', Payload: '{}' };
    }
  },
};
const openQueues = () =>
  startQueues([DEAD, WORK], {
    ...{ log: silent, folder, region, account: '000000000000', endpoint: () => 'http://localhost' },
  });
const mapped = (...eventSources: EventSourcePlan[]) => ({
  ...{ region, functions: [worker], eventSources },
});
const start = (one = source, ready: Promise<unknown> = Promise.resolve()) => {
  sources = startEventSources(mapped(one), { aws, log: silent, ready });
};
const say = (...bodies: string[]) =>
  Promise.all(
    bodies.map((MessageBody) =>
      queues.call('SendMessage', { QueueUrl: WORK.arn, MessageBody, DelaySeconds: 0 }),
    ),
  );
async function left(arn: string) {
  const answered = await queues.call('GetQueueAttributes', {
    ...{ QueueUrl: arn, AttributeNames: ['All'] },
  });
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } =
    answered.Attributes as Record<string, string>;
  return Number(visible) + Number(hidden);
}
async function until(isSo: () => boolean | Promise<boolean>) {
  while (!(await isSo())) await wait(5);
}
const told = () => events.flatMap(({ Records }) => Records.map(({ body }) => body));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-sources-'));
  queues = await openQueues();
  [events, callers, answer] = [[], [], () => ({ batchItemFailures: [] })];
});
afterEach(async () => {
  await sources?.stop();
  await queues.stop();
  await rm(folder, { recursive: true });
});

test('what the queue holds comes in batches, as AWS writes them, and is deleted in the name of the function', async () => {
  await say('a', 'b', 'c', 'd');
  start();
  await until(async () => (await left(WORK.arn)) === 0);
  expect(told().toSorted()).toEqual(['a', 'b', 'c', 'd']);
  expect(events.map(({ Records }) => Records.length)).toEqual([3, 1]);
  expect(events[0]?.Records[0]).toEqual({
    messageId: expect.any(String),
    receiptHandle: expect.any(String),
    body: 'a',
    attributes: expect.objectContaining({ ApproximateReceiveCount: '1' }),
    messageAttributes: {},
    md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
    eventSource: 'aws:sqs',
    eventSourceARN: WORK.arn,
    awsRegion: region,
  });
  expect(callers.slice(0, 1)).toEqual(['worker']);
});

test('what is reported as failed comes again alone, and at last goes to the dead-letter queue', async () => {
  answer = ({ Records }) => ({
    batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  });
  await say('good', 'bad', 'fine');
  start();
  await until(async () => (await left(DEAD.arn)) === 1);
  expect(told()).toEqual(['good', 'bad', 'fine', 'bad']);
  expect(await left(WORK.arn)).toBe(0);
});

test('of a function that fails all messages come again', async () => {
  let times = 0;
  answer = () => {
    times += 1;
    if (times === 1) throw new Error('no');
    return null;
  };
  await say('a', 'b');
  start();
  await until(async () => (await left(WORK.arn)) === 0);
  expect(told()).toEqual(['a', 'b', 'a', 'b']);
});

test('without ReportBatchItemFailures whatever a function answers is a success', async () => {
  answer = ({ Records: [one] }) => ({ batchItemFailures: [{ itemIdentifier: one?.messageId }] });
  await say('a');
  start({ ...source, reportsFailures: false });
  await until(async () => events.length === 1 && (await left(WORK.arn)) === 0);
  expect(await left(DEAD.arn)).toBe(0);
});

test('nothing is received before functions can be invoked, and nothing where the mapping is off', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await say('a');
  start({ ...source, enabled: false });
  sources?.update(mapped({ ...source, enabled: false }));
  expect(callers).toEqual([]);
  start(source, promise);
  await wait(1);
  expect(callers).toEqual([]);
  resolve();
  await until(() => events.length === 1);
});

test('a stop waits for the batch under way, and the next start gets what is left', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = () => promise;
  await say('a');
  start();
  await until(() => events.length === 1);
  const stopped = sources?.stop();
  await say('b');
  resolve();
  await stopped;
  await until(async () => (await left(WORK.arn)) === 1);
  await queues.stop();
  queues = await openQueues();
  start();
  await until(async () => (await left(WORK.arn)) === 0);
  expect(told()).toEqual(['a', 'b']);
});

test('a kill in the middle of a batch loses nothing: it comes again after the visibility time-out', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = () => promise;
  await say('a');
  start();
  await until(() => events.length === 1);
  // As after a kill: another process reads the journal, and nobody has answered for the batch.
  const killed = sources?.stop();
  await queues.stop();
  queues = await openQueues();
  answer = () => null;
  start();
  await until(async () => (await left(WORK.arn)) === 0);
  expect(told()).toEqual(['a', 'a']);
  resolve();
  await killed;
});

describe('an answer', () => {
  const ids = ['m1', 'm2'];
  test.each<[unknown, string[]]>([
    [{ batchItemFailures: [{ itemIdentifier: 'm2' }] }, ['m2']],
    [{ batchItemFailures: [] }, []],
    [{ batchItemFailures: null }, []],
    [{}, []],
    [null, []],
    [{ batchItemFailures: [{ itemIdentifier: '' }] }, ids],
    [{ batchItemFailures: [{ itemIdentifier: null }] }, ids],
    [{ batchItemFailures: [{ identifier: 'm1' }] }, ids],
    [{ batchItemFailures: [{ itemIdentifier: 'm3' }] }, ids],
    ['done', ids],
  ])('%j fails %j', (given, failed) => {
    expect(failedIn(JSON.stringify(given), ids)).toEqual(failed);
  });

  test('that is empty fails none, and one that is not JSON all', () => {
    expect([failedIn('', ids), failedIn('{', ids)]).toEqual([[], ids]);
  });
});
