// Queues: visibility, long polling, digests, errors, and what survives a restart.
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { QueuePlan } from '../cloudformation/plan.ts';
import { silent } from '../log.ts';
import { type Queues, startQueues } from './queues.ts';

const plan: QueuePlan = {
  name: 'dead',
  arn: 'arn:aws:sqs:eu-west-1:000000000000:dead',
  visibilityTimeoutS: 30,
  retentionS: 3600,
  origin: { file: 'template.yaml', path: 'Resources.DeadLetterQueue' },
};
const QueueUrl = 'http://127.0.0.1:4566/000000000000/dead';

/** A clock that stands still until `pass` moves it. */
function handClock() {
  let now = 1_700_000_000_000;
  const timers = new Set<{ at: number; then: () => void }>();
  return {
    now: () => now,
    after(ms: number, then: () => void) {
      const timer = { at: now + ms, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass(seconds: number) {
      now += seconds * 1000;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.then();
      }
    },
  };
}

let folder: string;
let clock: ReturnType<typeof handClock>;
let queues: Queues;
const start = () =>
  startQueues([plan], {
    ...{ log: silent, folder, clock, region: 'eu-west-1', account: '000000000000' },
    endpoint: () => 'http://127.0.0.1:4566',
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'queues-'));
  clock = handClock();
  queues = await start();
});
afterEach(async () => {
  await queues.stop();
  await rm(folder, { recursive: true });
});

type Message = { Body: string; MessageId: string; ReceiptHandle: string; Attributes: object };
const send = (MessageBody: string, more = {}) =>
  queues.call('SendMessage', { QueueUrl, MessageBody, ...more });
const receive = async (more = {}) =>
  ((await queues.call('ReceiveMessage', { QueueUrl, ...more })).Messages ?? []) as Message[];
const bodies = (messages: Message[]) => messages.map(({ Body }) => Body);

test('a message is hidden while in flight, comes again, and is gone once deleted', async () => {
  await send('a');
  const [first] = await receive({ AttributeNames: ['All'] });
  expect(first).toMatchObject({ Body: 'a', Attributes: { ApproximateReceiveCount: '1' } });
  clock.pass(29);
  expect(await receive()).toEqual([]);
  clock.pass(1);
  const [second] = await receive({ MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  expect(second?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
  await queues.call('DeleteMessage', { QueueUrl, ReceiptHandle: second?.ReceiptHandle });
  clock.pass(60);
  expect(await receive()).toEqual([]);
});

test('ten at most come at once, oldest first', async () => {
  for (let i = 0; i < 12; i++) await send(String(i));
  expect(bodies(await receive({ MaxNumberOfMessages: 10 }))).toEqual([...'0123456789']);
  expect(bodies(await receive({ MaxNumberOfMessages: 10 }))).toEqual(['10', '11']);
});

test('a long poll ends with the message that arrives', async () => {
  const poll = receive({ WaitTimeSeconds: 20 });
  await send('late');
  expect(bodies(await poll)).toEqual(['late']);
});

test('a long poll ends with a message that becomes visible again, or empty when its time is over', async () => {
  await send('a');
  await receive({ VisibilityTimeout: 5 });
  const seen = receive({ WaitTimeSeconds: 10, VisibilityTimeout: 100 });
  await new Promise(setImmediate);
  clock.pass(5);
  expect(bodies(await seen)).toEqual(['a']);
  const unseen = receive({ WaitTimeSeconds: 10 });
  await new Promise(setImmediate);
  clock.pass(10);
  expect(await unseen).toEqual([]);
});

test('stop answers whoever still polls', async () => {
  const poll = receive({ WaitTimeSeconds: 20 });
  await queues.stop();
  expect(await poll).toEqual([]);
});

test('a delayed message comes when its delay is over', async () => {
  await send('a', { DelaySeconds: 10 });
  expect(await receive()).toEqual([]);
  clock.pass(10);
  expect(bodies(await receive())).toEqual(['a']);
});

test('a changed visibility counts from now, for the latest receipt only', async () => {
  await send('a');
  const [old] = await receive({ VisibilityTimeout: 1 });
  clock.pass(1);
  const [latest] = await receive();
  const hide = (one: Message | undefined, VisibilityTimeout: number) =>
    queues.call('ChangeMessageVisibility', {
      ...{ QueueUrl, ReceiptHandle: one?.ReceiptHandle, VisibilityTimeout },
    });
  await expect(hide(old, 0)).rejects.toMatchObject({ code: 'MessageNotInflight' });
  await hide(latest, 0);
  expect(bodies(await receive())).toEqual(['a']);
});

test('the digests are those of the AWS documentation and SDKs', async () => {
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'é' },
    bytes: { DataType: 'Binary', BinaryValue: 'AAEC' },
  };
  const sent = await send('hello', { MessageAttributes });
  expect(sent).toMatchObject({
    MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592',
    MD5OfMessageAttributes: 'd970ba319f849685f44e1af82a5d1138',
  });
  const [all] = await receive({ MessageAttributeNames: ['All'], VisibilityTimeout: 0 });
  expect(all).toMatchObject({
    MessageAttributes,
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
  });
  const [some] = await receive({ MessageAttributeNames: ['te.*'] });
  expect(some).toMatchObject({ MessageAttributes: { text: MessageAttributes.text } });
});

test('messages survive a restart, as they were: deleted ones gone, receipts counted', async () => {
  await send('kept \u2028 "x"\n', {
    MessageAttributes: { a: { DataType: 'Number', StringValue: '1' } },
  });
  await send('deleted');
  const [, second] = await receive({ MaxNumberOfMessages: 2 });
  await queues.call('DeleteMessage', { QueueUrl, ReceiptHandle: second?.ReceiptHandle });
  await queues.stop();
  queues = await start();
  expect(await receive()).toEqual([]);
  clock.pass(30);
  expect(await receive({ AttributeNames: ['All'], MessageAttributeNames: ['All'] })).toMatchObject([
    {
      Body: 'kept \u2028 "x"\n',
      Attributes: { ApproximateReceiveCount: '2' },
      MessageAttributes: { a: { StringValue: '1' } },
    },
  ]);
});

test('a line that a crash cut off is ignored, and the journal is compacted at the start', async () => {
  await send('a');
  await send('b');
  const file = join(folder, 'dead.jsonl');
  for (const { ReceiptHandle } of await receive())
    await queues.call('DeleteMessage', { QueueUrl, ReceiptHandle });
  await queues.stop();
  await appendFile(file, '{"keep":{"id":"x","bo');
  queues = await start();
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(1);
  expect(bodies(await receive({ MaxNumberOfMessages: 10 }))).toEqual(['b']);
});

test('messages older than the retention are dropped', async () => {
  await send('a');
  clock.pass(3600);
  expect(await receive()).toEqual([]);
});

test('a batch tells what worked beside what did not', async () => {
  const Entries = [
    { Id: 'good', MessageBody: 'x' },
    { Id: 'bad', MessageBody: '\u0000' },
  ];
  expect(await queues.call('SendMessageBatch', { QueueUrl, Entries })).toMatchObject({
    Successful: [{ Id: 'good', MD5OfMessageBody: expect.any(String) }],
    Failed: [{ Id: 'bad', SenderFault: true, Code: 'InvalidMessageContents' }],
  });
  const [{ ReceiptHandle } = { ReceiptHandle: '' }] = await receive();
  const gone = await queues.call('DeleteMessageBatch', {
    QueueUrl,
    Entries: [{ Id: '1', ReceiptHandle }],
  });
  expect(gone).toEqual({ Successful: [{ Id: '1' }], Failed: [] });
});

test('queues are found by URL, by ARN and by name, and tell their counts', async () => {
  await queues.call('SendMessage', { QueueUrl: plan.arn, MessageBody: 'a' });
  await send('b', { DelaySeconds: 5 });
  await send('c');
  await receive();
  expect(await queues.call('GetQueueUrl', { QueueName: 'dead' })).toEqual({ QueueUrl });
  expect(await queues.call('ListQueues', { QueueNamePrefix: 'de' })).toEqual({
    QueueUrls: [QueueUrl],
  });
  const { Attributes } = await queues.call('GetQueueAttributes', {
    QueueUrl,
    AttributeNames: ['All'],
  });
  expect(Attributes).toMatchObject({
    QueueArn: plan.arn,
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    VisibilityTimeout: '30',
  });
  await queues.call('PurgeQueue', { QueueUrl });
  clock.pass(60);
  expect(await receive()).toEqual([]);
});

describe('a queue with a delay and a redrive policy', () => {
  const GRACE = 'http://127.0.0.1:4566/000000000000/grace';
  const grace: QueuePlan = {
    ...plan,
    ...{ name: 'grace', arn: 'arn:aws:sqs:eu-west-1:000000000000:grace', delayS: 15 },
    redrive: { deadLetterArn: plan.arn, maxReceiveCount: 2 },
  };
  beforeEach(() => queues.update([plan, grace]));
  const put = (MessageBody: string, more = {}) => send(MessageBody, { QueueUrl: GRACE, ...more });
  const get = () => receive({ QueueUrl: GRACE });

  test('hides what comes for as long, unless the message has a delay of its own', async () => {
    await put('later');
    await put('now', { DelaySeconds: 0 });
    expect(bodies(await get())).toEqual(['now']);
    clock.pass(14);
    expect(await get()).toEqual([]);
    clock.pass(1);
    expect(bodies(await get())).toEqual(['later']);
  });

  test('keeps what is delayed over a restart, and when it ends', async () => {
    await put('later');
    clock.pass(10);
    await queues.stop();
    queues = await start();
    await queues.update([plan, grace]);
    clock.pass(4);
    expect(await get()).toEqual([]);
    clock.pass(1);
    expect(bodies(await get())).toEqual(['later']);
  });

  test('gives what was received too often to the other queue, with its attributes, its id and its age', async () => {
    const MessageAttributes = { A: { DataType: 'String', StringValue: 'b' } };
    const { MessageId } = await put('worn', { DelaySeconds: 0, MessageAttributes });
    for (const _ of [1, 2]) {
      expect(bodies(await get())).toEqual(['worn']);
      expect(await receive()).toEqual([]);
      clock.pass(30);
    }
    expect(await get()).toEqual([]);
    const [dead, ...more] = await receive({
      ...{ AttributeNames: ['All'], MessageAttributeNames: ['All'] },
    });
    expect(more).toEqual([]);
    expect(dead).toMatchObject({ MessageId, Body: 'worn', MessageAttributes });
    expect(dead?.Attributes).toMatchObject({
      SentTimestamp: String(clock.now() - 60_000),
      ApproximateReceiveCount: '1',
    });
  });

  test('tells both by its attributes; a queue that has no policy tells none', async () => {
    const ask = (url: string) =>
      queues.call('GetQueueAttributes', {
        ...{ QueueUrl: url, AttributeNames: ['DelaySeconds', 'RedrivePolicy'] },
      });
    expect(await ask(GRACE)).toEqual({
      Attributes: {
        DelaySeconds: '15',
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: plan.arn, maxReceiveCount: 2 }),
      },
    });
    expect(await ask(QueueUrl)).toEqual({ Attributes: { DelaySeconds: '0' } });
  });
});

test('queues are listed by name, in pages only where MaxResults asks for them', async () => {
  const names = ['b', 'dead', 'a', 'c'];
  await queues.update(names.map((name) => ({ ...plan, name, arn: `${plan.arn}${name}` })));
  const urls = [...names].sort().map((name) => QueueUrl.replace('dead', name));
  expect(await queues.call('ListQueues', {})).toEqual({ QueueUrls: urls });
  const { NextToken, ...first } = await queues.call('ListQueues', { MaxResults: 3 });
  expect(first).toEqual({ QueueUrls: urls.slice(0, 3) });
  expect(await queues.call('ListQueues', { MaxResults: 3, NextToken })).toEqual({
    QueueUrls: urls.slice(3),
  });
});

test('a new plan keeps the messages and takes the new times', async () => {
  await send('a');
  await queues.update([{ ...plan, visibilityTimeoutS: 1 }]);
  await receive();
  clock.pass(1);
  expect(bodies(await receive())).toEqual(['a']);
});

test.each<[string, Record<string, unknown>, string]>([
  ['SendMessage', { QueueUrl: `${QueueUrl}x`, MessageBody: 'a' }, 'QueueDoesNotExist'],
  ['SendMessage', { QueueUrl, MessageBody: '' }, 'MissingRequiredParameterException'],
  ['SendMessage', { QueueUrl, MessageBody: '\ud800' }, 'InvalidMessageContents'],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'a', MessageGroupId: 'g' },
    'InvalidParameterValueException',
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'x'.repeat(1_048_577) },
    'InvalidParameterValueException',
  ],
  ['ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 11 }, 'InvalidParameterValueException'],
  ['ReceiveMessage', { QueueUrl, WaitTimeSeconds: 21 }, 'InvalidParameterValueException'],
  ['DeleteMessage', { QueueUrl, ReceiptHandle: 'nope' }, 'ReceiptHandleIsInvalid'],
  ['SendMessageBatch', { QueueUrl, Entries: [] }, 'EmptyBatchRequest'],
  [
    'SendMessageBatch',
    { QueueUrl, Entries: [{ Id: 'a' }, { Id: 'a' }] },
    'BatchEntryIdsNotDistinct',
  ],
  [
    'SendMessageBatch',
    { QueueUrl, Entries: new Array(11).fill({}) },
    'TooManyEntriesInBatchRequest',
  ],
  ['GetQueueAttributes', { QueueUrl, AttributeNames: ['Nope'] }, 'InvalidAttributeName'],
  ['ListQueues', { MaxResults: 0 }, 'InvalidParameterValueException'],
  ['ListQueues', { MaxResults: 1001 }, 'InvalidParameterValueException'],
  ['ListQueues', { MaxResults: 1, NextToken: '1' }, 'InvalidParameterValueException'],
])('%s with %j answers %s', async (action, input, code) => {
  await expect(queues.call(action, input)).rejects.toMatchObject({ code });
});

test('an action that is not supported is refused by name', async () => {
  await expect(queues.call('CreateQueue', {})).rejects.toThrow(
    'sqs:CreateQueue is not supported on this machine',
  );
});

test('of a message attribute nothing is kept but its type and value', async () => {
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'x', '<b>': 'y' } };
  await send('a', { MessageAttributes });
  const [message] = await receive({ MessageAttributeNames: ['All'] });
  expect(message).toMatchObject({ MessageAttributes: { a: { DataType: 'String' } } });
  expect(JSON.stringify(message)).not.toContain('<b>');
});

test.each([null, 'text', { DataType: 'String' }, { DataType: 'Number', StringValue: 7 }])(
  'a message attribute that is %j is refused',
  async (attribute) => {
    await expect(send('a', { MessageAttributes: { a: attribute } })).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
    });
  },
);
