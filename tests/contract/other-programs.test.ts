// Promise: what another program puts on the bus costs nobody the room, however long it is.
import { readFileSync } from 'node:fs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ServerFrame } from '../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../shared/src/protocol/limits.ts';
import { everybodyLeaves, join } from './client.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { DEVELOPER } from './stored.ts';

const [sample] = JSON.parse(readFileSync('workflows/events/put-events.json', 'utf8')) as [
  { EventBusName: string; Source: string; DetailType: string; Detail: string },
];

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await startLocal(['--quiet']);
});
afterEach(everybodyLeaves);
afterAll(() => runtime.stop());

test('words of 180 KB are shown cut, and the room goes on, live and in its history', async () => {
  const [alice, plain] = await Promise.all([
    join(runtime.websocket),
    join(runtime.websocket, 'plain'),
  ]);
  const detail = { ...JSON.parse(sample.Detail), text: '\u0001'.repeat(30_000) };
  const client = new EventBridgeClient({
    region: 'us-east-1',
    endpoint: runtime.aws,
    credentials: DEVELOPER,
  });
  await client.send(
    new PutEventsCommand({ Entries: [{ ...sample, Detail: JSON.stringify(detail) }] }),
  );
  client.destroy();

  for (const each of [alice, plain]) {
    const frame = await each.hears(detail.messageId);
    expect([...frame.message]).toHaveLength(LIMITS.messageCharacters);
    expect(frame.message.endsWith('…')).toBe(true);
  }
  alice.send({ action: 'history', room: 'lobby' });
  const answer = await alice.awaits('history', (heard: readonly ServerFrame[]) =>
    heard.find(({ type }) => type === 'history'),
  );
  expect(answer).toMatchObject({ items: [{ messageId: detail.messageId }], more: false });
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(LIMITS.answerBytes);
  await plain.hears(alice.says('And on it goes'));
});
