// Promise: sent means kept, whatever ends the runtime: what anybody heard is there after a restart, and the numbers go on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Client, everybodyLeaves, isMessage, join } from './client.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { CONNECTIONS_TABLE, DEVELOPER, eventually, scan, storedMessages } from './stored.ts';

// Two starts of the whole runtime, on whatever machine this is.
let folder: string;
let runtime: LocalRuntime | undefined;

const start = async () => {
  runtime = await startLocal(['--data', folder]);
  return runtime;
};

beforeEach(async () => {
  folder = await mkdtemp(path(tmpdir(), 'hubbub-restart-'));
});
afterEach(async () => {
  await everybodyLeaves();
  await runtime?.end('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Says so many things at once; answers when the first `heard` of them have come back to the listener. */
async function sayAndHear(speaker: Client, listener: Client, says: number, heard: number) {
  const said = Array.from({ length: says }, (_, at) => speaker.says(`Before the end ${at}`));
  await listener.awaits(`${heard} messages`, (frames) => frames.filter(isMessage)[heard - 1]);
  return said;
}

const placesOf = (messages: { seq: number; messageId: string }[]) =>
  messages.map(({ seq, messageId }) => ({ seq, messageId }));

/** What the room was told last of anybody: shown as here, or not. */
async function shownIn(aws: string): Promise<string[]> {
  const rows = await scan(aws, CONNECTIONS_TABLE);
  return rows.flatMap(({ pk, shown }) =>
    pk?.S?.startsWith('presence#') ? [shown?.S ?? 'nothing'] : [],
  );
}

async function waitingForTheirGrace(aws: string): Promise<number> {
  const options = { endpoint: aws, region: 'us-east-1', credentials: DEVELOPER };
  const sqs = new SQSClient(options);
  const { QueueUrl } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: 'hubbub-dev-presence-grace' }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      ...{ QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesDelayed'] },
    }),
  );
  sqs.destroy();
  return Number(Attributes?.ApproximateNumberOfMessagesDelayed);
}

async function continues({ websocket, aws }: LocalRuntime): Promise<void> {
  const before = await storedMessages(aws);
  const client = await join(websocket);
  const { seq } = await client.hears(client.says('After the restart'));
  expect(seq).toBeGreaterThan(before.at(-1)?.seq ?? 0);
}

test('what was heard is there after SIGKILL, and the next number follows', async () => {
  const first = await start();
  const [alice, bob] = await Promise.all([join(first.websocket), join(first.websocket)]);
  const said = await sayAndHear(alice, bob, 10, 10);
  expect((await first.end('SIGKILL')).signal).toBe('SIGKILL');
  const second = await start();
  const stored = await storedMessages(second.aws);
  expect(stored.map(({ messageId }) => messageId).toSorted()).toEqual(said.toSorted());
  expect(stored.map(({ seq }) => seq)).toEqual(said.map((_, at) => at + 1));
  expect(placesOf(stored)).toEqual(expect.arrayContaining(placesOf(bob.messages())));
  const client = await join(second.websocket);
  expect((await client.hears(client.says('The eleventh'))).seq).toBe(11);
});

test('what was heard is there after SIGKILL in the middle of a conversation', async () => {
  const first = await start();
  const [alice, bob] = await Promise.all([join(first.websocket), join(first.websocket)]);
  await sayAndHear(alice, bob, 20, 5);
  await first.end('SIGKILL');
  await Promise.all([alice.closed, bob.closed]);
  const second = await start();
  const stored = placesOf(await storedMessages(second.aws));
  expect(stored).toEqual(expect.arrayContaining(placesOf(bob.messages())));
  await continues(second);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in the middle of a conversation ends with 0 and loses nothing that was accepted or heard',
  async (signal) => {
    const first = await start();
    const [alice, bob] = await Promise.all([join(first.websocket), join(first.websocket)]);
    await sayAndHear(alice, bob, 20, 5);
    const { code, stderr } = await first.end(signal);
    expect(stderr).not.toContain('stopped before everything had ended');
    expect(code).toBe(0);
    await Promise.all([alice.closed, bob.closed]);
    const accepted = alice.heard.flatMap((frame) =>
      frame.type === 'accepted' ? [frame.messageId] : [],
    );
    expect(accepted.length).toBeGreaterThan(0);

    const second = await start();
    const stored = await eventually(
      'every accepted message in the table',
      () => storedMessages(second.aws),
      (seen) => accepted.every((id) => seen.some(({ messageId }) => messageId === id)),
    );
    expect(placesOf(stored)).toEqual(expect.arrayContaining(placesOf(bob.messages())));
    expect(new Set(stored.map(({ messageId }) => messageId)).size).toBe(stored.length);
    await continues(second);
  },
);

test('a start at the moment of a SIGKILL takes over folder and ports, time after time', async () => {
  const { page, aws } = await start();
  const ports = ['--port', new URL(page).port, '--aws-port', new URL(aws).port];
  for (let round = 0; round < 4; round++) {
    const killed = runtime?.end('SIGKILL');
    runtime = await startLocal(['--data', folder, ...ports]);
    expect((await killed)?.signal).toBe('SIGKILL');
    expect(runtime.page).toBe(page);
  }
});

test('who went just before SIGKILL is shown as gone after the restart: the grace outlives the process', async () => {
  const { websocket, aws, end } = await start();
  const alice = await join(websocket);
  const isOnline = (shown: string[]) => shown.join() === 'online';
  await eventually('one who is here', () => shownIn(aws), isOnline);
  await alice.leave();
  const waiting = () => waitingForTheirGrace(aws);
  await eventually('one who waits for their grace', waiting, (count) => count === 1);
  await end('SIGKILL');
  const second = await start();
  expect(await shownIn(second.aws)).toEqual(['online']);
  const isGone = (shown: string[]) => shown.join() === 'offline';
  await eventually('nobody who is here', () => shownIn(second.aws), isGone);
});
