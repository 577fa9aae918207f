// The sample events reach where they should: through the template's own rule, past the state machine's own check.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  connectEvent,
  disconnectEvent,
  messageEvent,
  type RequestEvent,
} from '../../local/apigateway/request-event.ts';
import { readPlan } from '../../local/cloudformation/read-plan.ts';
import { compile } from '../../local/eventbridge/pattern.ts';
import { putEvents } from '../../local/eventbridge/put-events.ts';
import { trial } from '../../local/testing/state-machine.ts';
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

describe('the sample events of the routes', () => {
  const [api] = plan.apis;
  const facts = {
    ...{ connectionId: 'id', apiId: 'api', stage: 'dev', domainName: 'name', connectedAt: 0 },
    ...{ sourceIp: '203.0.113.7', userAgent: 'browser' },
  };
  const shapeOf = ({ requestContext, ...event }: RequestEvent) => ({
    event: Object.keys(event).sort(),
    context: Object.keys(requestContext).sort(),
  });

  test.each(Object.keys(api?.routes ?? {}))('of %s has the shape of API Gateway’s', (route) => {
    const event = sample<RequestEvent>(`api/events/${route.replace('$', '')}.json`);
    expect(event.requestContext).toMatchObject({
      routeKey: route,
      connectionId: 'L0SM9cOFvHcCIhw=',
    });
    if (route === '$connect') {
      const request = { url: '/dev', rawHeaders: [], headers: {}, socket: {} };
      expect(shapeOf(event)).toEqual(shapeOf(connectEvent(facts, request as never)));
    } else if (route === '$disconnect') {
      expect(shapeOf(event)).toEqual(shapeOf(disconnectEvent(facts, 1001, '')));
    } else {
      expect(shapeOf(event)).toEqual(shapeOf(messageEvent(facts, route, '{}')));
      const { action } = JSON.parse(String(event.body)) as { action: string };
      if (route === '$default') expect(Object.keys(api?.routes ?? {})).not.toContain(action);
      else expect(action).toBe(route);
    }
  });
});

describe('the sample events of workflows', () => {
  const named = (name: string) => plan.functions.find((each) => each.name.endsWith(name))?.arn;
  const rulesTo = (arn: string | undefined) =>
    plan.rules.filter(({ targets }) => targets.some((target) => target.arn === arn));

  test('broadcast receives what message-distribution hands it for the sample message', async () => {
    const { sync, calls } = trial(plan.machines[0]?.definition, (action) =>
      action === 'UpdateItem' ? { Attributes: { head: { N: '1' }, shards: { N: '1' } } } : {},
    );
    await sync(sample('workflows/events/MessageSent.json'));
    const [, input] = calls.find(([action]) => action === 'Invoke') ?? [];
    expect(JSON.parse(String(input?.Payload))).toEqual(sample('workflows/events/broadcast.json'));
  });

  test('replace receives what one of its rules matches', () => {
    const event = sample<Record<string, unknown>>('workflows/events/replace.json');
    const fits = rulesTo(named('ReplaceFunction')).filter(({ pattern }) => compile(pattern)(event));
    expect(fits).toHaveLength(1);
  });

  test('after-grace receives messages of its queue, each with an event that a rule puts there', () => {
    const source = plan.eventSources.find(
      ({ functionArn }) => functionArn === named('AfterGraceFunction'),
    );
    const { Records } = sample<{ Records: Record<string, string>[] }>(
      'workflows/events/after-grace.json',
    );
    expect(Records.length).toBeGreaterThan(0);
    for (const record of Records) {
      const { body = '', md5OfBody, eventSourceARN, eventSource } = record;
      expect([eventSource, eventSourceARN]).toEqual(['aws:sqs', source?.queueArn]);
      expect(md5OfBody).toBe(createHash('md5').update(body).digest('hex'));
      expect(Object.keys(record)).toEqual(
        // https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
        'messageId receiptHandle body attributes messageAttributes md5OfBody eventSource eventSourceARN awsRegion'.split(
          ' ',
        ),
      );
      const event = JSON.parse(body) as Record<string, unknown>;
      expect(rulesTo(source?.queueArn).some(({ pattern }) => compile(pattern)(event))).toBe(true);
    }
  });
});
