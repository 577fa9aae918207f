// The bus whole: from PutEvents to the targets, through updates, faults and restarts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../endpoint/aws-error.ts';
import { Refusal } from '../refusal.ts';
import {
  busesPlan,
  entry,
  FUNCTION,
  fakeTargets,
  frozenClock,
  jumpingClock,
  MACHINE,
  QUEUE,
  recordingLog,
  rulePlan,
  targetPlan,
} from '../testing/fake-targets.ts';
import { type Bus, type BusDeps, startBus } from './event-bus.ts';
import { openUndelivered } from './undelivered.ts';

const PATIENCE_MS = 10_000;
const started: Bus[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bus-'));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((bus) => bus.stop()));
  rmSync(folder, { recursive: true });
});

function start(
  plan = busesPlan(),
  { answers = [] as unknown[], ...deps }: Partial<BusDeps> & { answers?: unknown[] } = {},
) {
  const aws = fakeTargets(answers);
  const { log, hops, lines } = recordingLog();
  let last = 0;
  const newId = () => `id${++last}`;
  const bus = startBus(plan, { aws, log, clock: jumpingClock(), random: () => 0, newId, ...deps });
  started.push(bus);
  const inputs = () =>
    aws.calls.map(({ input }) =>
      JSON.parse(String(input.input ?? input.Payload ?? input.MessageBody)),
    );
  return { bus, aws, hops, lines, inputs };
}

const put = (bus: Bus, ...Entries: unknown[]) => bus.call('PutEvents', { Entries });

describe('an event', () => {
  test('reaches every target of every rule that wants it, and no other', async () => {
    const plan = busesPlan([
      rulePlan({ targets: [targetPlan(MACHINE, { id: 'a' }), targetPlan(QUEUE, { id: 'b' })] }),
      rulePlan({
        name: 'types',
        pattern: { 'detail-type': ['MessageSent'] },
        targets: [targetPlan(FUNCTION)],
      }),
      rulePlan({ name: 'others', pattern: { source: ['elsewhere'] } }),
      rulePlan({ name: 'off', enabled: false }),
      rulePlan({ name: 'default', busName: 'default' }),
    ]);
    const { bus, aws, inputs } = start(plan);
    await put(bus, entry({ messageId: 'm1' }));
    expect(await bus.settled(PATIENCE_MS)).toBe(true);
    expect(aws.calls.map(({ action }) => action).sort()).toEqual([
      'Invoke',
      'SendMessage',
      'StartExecution',
    ]);
    expect(inputs()[0]).toMatchObject({ source: 'chat.api', detail: { messageId: 'm1' } });
  });

  test('finds its bus by ARN', async () => {
    const { bus, aws } = start();
    await put(bus, entry({}, { EventBusName: busesPlan().buses[0]?.arn }));
    await bus.settled(PATIENCE_MS);
    expect(aws.calls).toHaveLength(1);
  });

  test('for a bus that is not there is answered as taken, as on AWS, and a warning names the bus', async () => {
    const { bus, aws, lines } = start();
    expect(await put(bus, entry({}, { EventBusName: 'chta' }))).toMatchObject({
      FailedEntryCount: 0,
    });
    expect(lines.join()).toMatch(/no bus chta/);
    expect(aws.calls).toEqual([]);
  });

  test('leaves one line in the log per rule, with the messageId and without text', async () => {
    const { bus, hops } = start();
    await put(bus, entry({ messageId: 'm1', text: 'secret' }));
    await bus.settled(PATIENCE_MS);
    expect(hops).toEqual([
      {
        service: 'bus',
        what: 'MessageSent → message-distribution',
        messageId: 'm1',
        ms: 0,
        status: 'delivered',
        failed: false,
      },
    ]);
  });

  test('is taken over before it is delivered', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { bus } = start(busesPlan(), { answers: [gate] });
    expect(await put(bus, entry())).toMatchObject({ FailedEntryCount: 0 });
    expect(await bus.settled(1)).toBe(false);
    open();
    expect(await bus.settled(PATIENCE_MS)).toBe(true);
  });

  test('is transformed for its target', async () => {
    const inputTransformer = {
      inputPathsMap: { id: '$.detail.id' },
      inputTemplate: '{"was": <id>}',
    };
    const rule = rulePlan({ targets: [targetPlan(MACHINE, { inputTransformer })] });
    const { bus, inputs } = start(busesPlan([rule]));
    await put(bus, entry({ id: 7 }));
    await bus.settled(PATIENCE_MS);
    expect(inputs()).toEqual([{ was: 7 }]);
  });
});

describe('an update', () => {
  test('puts new rules in place of the old', async () => {
    const { bus, aws } = start();
    bus.update(busesPlan([rulePlan({ targets: [targetPlan(QUEUE)] })]));
    await put(bus, entry());
    await bus.settled(PATIENCE_MS);
    expect(aws.calls.map(({ service }) => service)).toEqual(['sqs']);
  });

  test.each([
    [
      'a pattern',
      rulePlan({ pattern: { source: [{ sounds: 'like' }] } }),
      'unrecognized match type sounds',
    ],
    [
      'a target',
      rulePlan({ targets: [targetPlan('arn:aws:sns:eu-west-1:0:topic')] }),
      'arn:aws:sns',
    ],
    ['a bus', rulePlan({ busName: 'chta' }), 'no such event bus'],
    [
      'an input',
      rulePlan({ targets: [targetPlan(MACHINE, { inputPath: 'detail' })] }),
      'Invalid JSON path',
    ],
    [
      'six targets',
      rulePlan({ targets: Array.from({ length: 6 }, () => targetPlan(MACHINE)) }),
      'at most 5',
    ],
  ])(
    'with %s it cannot run is refused by file and path, and changes nothing',
    async (_, rule, why) => {
      const { bus, aws } = start();
      const update = () =>
        bus.update(busesPlan([rulePlan({ targets: [targetPlan(QUEUE)] }), rule]));
      expect(update).toThrow(Refusal);
      expect(update).toThrow('workflows/template.yaml: Resources.DistributeRule');
      expect(update).toThrow(why);
      await put(bus, entry());
      await bus.settled(PATIENCE_MS);
      expect(aws.calls.map(({ service }) => service)).toEqual(['states']);
    },
  );
});

describe('faults', () => {
  const faults = { copies: 2, delayMs: [0, 20] as [number, number], dropRate: 0, seed: 3 };

  test('double every event, and bring some out of order', async () => {
    const { bus, inputs } = start(busesPlan(), {
      faults,
      clock: { now: Date.now, sleep: inOrderOfDelay() },
    });
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    await put(bus, ...numbers.map((n) => entry({ n })));
    expect(await bus.settled(PATIENCE_MS)).toBe(true);
    const arrived = inputs().map(({ detail }) => detail.n);
    expect(arrived.toSorted((a, b) => a - b)).toEqual(numbers.flatMap((n) => [n, n]));
    expect(arrived).not.toEqual(arrived.toSorted((a, b) => a - b));
  });

  test('drop all where the rate is 1, and say so', async () => {
    const { bus, aws, hops } = start(busesPlan(), { faults: { ...faults, dropRate: 1 } });
    await put(bus, entry());
    await bus.settled(PATIENCE_MS);
    expect(aws.calls).toEqual([]);
    expect(hops).toMatchObject([{ status: 'dropped', failed: true }]);
  });

  /** A sleep without time: all who sleep are woken together, the shortest first. */
  function inOrderOfDelay() {
    const sleepers: { ms: number; wake: () => void }[] = [];
    return (ms: number) =>
      new Promise<void>((wake) => {
        sleepers.push({ ms, wake });
        if (sleepers.length > 1) return;
        setImmediate(() => {
          for (const sleeper of sleepers.splice(0).sort((a, b) => a.ms - b.ms)) sleeper.wake();
        });
      });
  }
});

describe('a stop', () => {
  /** What the file still keeps. */
  const kept = () => openUndelivered(folder).entries;
  const file = () => join(folder, 'undelivered-events.jsonl');
  const down = () => new AwsError('ServiceException', 'down', 503);

  test('keeps what is not delivered, and the next start delivers it', async () => {
    const first = start(busesPlan(), { folder, clock: frozenClock, answers: [down()] });
    await put(first.bus, entry({ n: 1 }), entry({ n: 2 }));
    await first.bus.stop();
    expect(kept()).toMatchObject([
      {
        event: { detail: { n: 1 } },
        busName: 'chat',
        ruleName: 'distribute',
        targetId: 'target',
        retries: 0,
      },
    ]);

    const second = start(busesPlan(), { folder });
    expect(await second.bus.settled(PATIENCE_MS)).toBe(true);
    expect(second.inputs()).toMatchObject([{ detail: { n: 1 } }]);
    expect(second.hops).toMatchObject([{ status: 'delivered' }]);
    await second.bus.stop();
    expect(readFileSync(file(), 'utf8')).toBe('');
  });

  test('keeps a call that hangs', async () => {
    const { bus } = start(busesPlan(), { folder, answers: [new Promise(() => {})] });
    await put(bus, entry({ n: 1 }));
    await bus.stop();
    expect(kept()).toHaveLength(1);
  });

  test('keeps what the last run left, where the targets are never ready', async () => {
    const first = start(busesPlan(), { folder, clock: frozenClock, answers: [down()] });
    await put(first.bus, entry());
    await first.bus.stop();
    const before = kept();
    const second = start(busesPlan(), { folder, ready: new Promise(() => {}) });
    expect(await second.bus.settled(1)).toBe(false);
    await second.bus.stop();
    expect(before).toHaveLength(1);
    expect(kept()).toEqual(before);
  });

  test('leaves an event whose rule is gone with a warning that names the rule', async () => {
    const first = start(busesPlan(), { folder, clock: frozenClock, answers: [down()] });
    await put(first.bus, entry());
    await first.bus.stop();
    const { bus, lines } = start(busesPlan([]), { folder });
    expect(await bus.settled(PATIENCE_MS)).toBe(true);
    expect(lines.join()).toMatch(/rule distribute, target target is gone/);
  });

  test('ends the service', async () => {
    const { bus } = start();
    await bus.stop();
    await expect(put(bus, entry())).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  });

  test('never overwrites a file it cannot read', () => {
    writeFileSync(file(), '{\n');
    expect(() => start(busesPlan(), { folder })).toThrow(Refusal);
    expect(readFileSync(file(), 'utf8')).toBe('{\n');
  });
});

describe('asked', () => {
  test('whether a pattern matches, it answers', async () => {
    const { bus } = start();
    const Event = JSON.stringify({
      ...JSON.parse('{"id":"1","account":"0","time":"t","region":"r"}'),
      source: 'chat.api',
      resources: [],
      'detail-type': 'x',
    });
    const ask = (EventPattern: string, event = Event) =>
      bus.call('TestEventPattern', { EventPattern, Event: event });
    expect(await ask('{"source":["chat.api"]}')).toEqual({ Result: true });
    expect(await ask('{"source":["other"]}')).toEqual({ Result: false });
    const invalidPattern = { code: 'InvalidEventPatternException' };
    await expect(ask('{"source":"chat.api"}')).rejects.toMatchObject(invalidPattern);
    await expect(ask('{')).rejects.toMatchObject(invalidPattern);
    await expect(ask('{"source":["a"]}', '{}')).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  test('for its buses, rules and targets, it lists them', async () => {
    const { bus } = start();
    const names = (list: unknown) => (list as { Name: string }[]).map(({ Name }) => Name);
    expect(names((await bus.call('ListEventBuses', {})).EventBuses)).toEqual(['default', 'chat']);
    expect(names((await bus.call('ListEventBuses', { NamePrefix: 'ch' })).EventBuses)).toEqual([
      'chat',
    ]);
    expect(await bus.call('DescribeEventBus', { Name: 'chat' })).toMatchObject({ Name: 'chat' });
    expect(await bus.call('ListRules', { EventBusName: 'chat' })).toMatchObject({
      Rules: [{ Name: 'distribute', State: 'ENABLED', EventPattern: '{"source":["chat.api"]}' }],
    });
    expect(await bus.call('ListRules', {})).toEqual({ Rules: [] });
    const targets = await bus.call('ListTargetsByRule', {
      Rule: 'distribute',
      EventBusName: 'chat',
    });
    expect(targets).toMatchObject({ Targets: [{ Id: 'target', Arn: MACHINE }] });
  });

  test.each([
    ['DescribeEventBus', { Name: 'nobody' }, 'ResourceNotFoundException'],
    ['ListTargetsByRule', { Rule: 'nobody' }, 'ResourceNotFoundException'],
    ['ListRules', { NextToken: 'x' }, 'ValidationException'],
    ['ListRules', { Limit: 0 }, 'ValidationException'],
    ['ListEventBuses', { Limit: 101 }, 'ValidationException'],
    ['ListRuleNamesByTarget', {}, 'ValidationException'],
    ['constructor', {}, 'UnknownOperationException'],
  ])('%s %j, it answers %s', async (action, input, code) => {
    await expect(start().bus.call(action, input)).rejects.toMatchObject({ code });
  });

  test('what this machine does not have is refused by name', async () => {
    await expect(start().bus.call('PutRule', {})).rejects.toMatchObject({
      ...{ code: 'UnknownOperationException', message: expect.stringContaining('events:PutRule') },
    });
  });
});
