// The sample events reach where they should: through the template's own rule, past the state machine's own check.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { compile } from '../../local/bus/pattern.ts';
import { putEvents } from '../../local/bus/put-events.ts';
import { trial } from '../../local/machines/trial.ts';
import { readPlan } from '../../local/template/read-plan.ts';
import type { MessageSent } from '../../shared/src/events.ts';
import { sample } from './sample.ts';

type Event = Record<string, unknown> & { detail: MessageSent };

const plan = readPlan(join(import.meta.dirname, '../..'), { stage: 'dev' });
const issuer = { account: '123456789012', region: 'us-east-1', now: Date.now, newId: () => 'id' };
const putByHand = putEvents({ Entries: sample('workflows/events/put-events.json') }, issuer);

const events: [string, Event][] = [
  ['MessageSent.json', sample('workflows/events/MessageSent.json')],
  ['put-events.json', putByHand.taken[0]?.event as unknown as Event],
];

describe.each(events)('the event of %s', (_, event) => {
  test('matches the rule on MessageSent', () => {
    expect(plan.rules.map(({ pattern }) => compile(pattern)(event))).toContain(true);
  });

  test('is well formed in the eyes of message-distribution, which looks up its claim first', async () => {
    const { sync, calls } = trial(plan.machines[0]?.definition);
    await sync(event as never);
    expect(calls[0]?.slice(0, 2)).toEqual([
      'GetItem',
      expect.objectContaining({
        Key: { sender: { S: event.detail.userId }, messageId: { S: event.detail.messageId } },
      }),
    ]);
  });

  test('carries the hash of its own room and text', () => {
    const { room, text, bodyHash } = event.detail;
    const hash = createHash('sha256').update(JSON.stringify([room, text]));
    expect(bodyHash).toBe(hash.digest('base64url'));
  });
});

test('what another program puts by hand is taken by the bus of the stack, in its own name', () => {
  expect(putByHand.output.FailedEntryCount).toBe(0);
  expect(putByHand.taken).toMatchObject([
    { busName: plan.buses[0]?.name, event: { source: 'chat.bot' } },
  ]);
});

test('a MessageSent that lacks a field is not looked up: it goes to the dead-letter queue', async () => {
  const { sync, calls } = trial(plan.machines[0]?.definition);
  const { text: _, ...detail } = sample<Event>('workflows/events/MessageSent.json').detail;
  await sync({ ...sample<Event>('workflows/events/MessageSent.json'), detail } as never);
  expect(calls[0]?.[0]).toBe('SendMessage');
});
