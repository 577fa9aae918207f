// For the tests: targets that record what they are given and fail on demand, a plan for them, a clock without waiting.

import type { RulePlan, TargetPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import type { Clock } from '../eventbridge/clock.ts';
import type { Log } from '../log.ts';
import { silent } from '../log.ts';

export const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:broadcast';
export const MACHINE = 'arn:aws:states:eu-west-1:000000000000:stateMachine:message-distribution';
export const QUEUE = 'arn:aws:sqs:eu-west-1:000000000000:inbox';
export const DEAD_LETTERS = 'arn:aws:sqs:eu-west-1:000000000000:dead-letters';

interface Call {
  service: string;
  action: string;
  input: Record<string, unknown>;
}

/** Answers each call with the next of `answers`: an error is thrown, a promise awaited, anything else is success. */
export function fakeTargets(answers: unknown[] = []): Aws & { calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    async call(service, action, input) {
      calls.push({ service, action, input });
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      await answer;
      return {};
    },
  };
}

/** A clock that jumps ahead instead of sleeping, and remembers for how long. */
export function jumpingClock(start = 0): Clock & { slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

/** A clock whose sleepers sleep until they are told to stop. */
export const frozenClock: Clock = {
  now: () => 0,
  sleep: (_, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    }),
};

export function recordingLog() {
  const lines: string[] = [];
  const hops: Parameters<Log['hop']>[0][] = [];
  const log: Log = { ...silent, hop: (hop) => hops.push(hop), warn: (line) => lines.push(line) };
  return { log, lines, hops };
}

export function targetPlan(arn: string, more: Partial<TargetPlan> = {}): TargetPlan {
  return { id: 'target', arn, maximumEventAgeS: 86_400, maximumRetryAttempts: 185, ...more };
}

export function rulePlan(more: Partial<RulePlan> = {}): RulePlan {
  return {
    name: 'distribute',
    arn: 'arn:aws:events:eu-west-1:000000000000:rule/chat/distribute',
    busName: 'chat',
    pattern: { source: ['chat.api'] },
    enabled: true,
    targets: [targetPlan(MACHINE)],
    origin: { file: 'workflows/template.yaml', path: 'Resources.DistributeRule' },
    ...more,
  };
}

export function busesPlan(rules: RulePlan[] = [rulePlan()]) {
  const arn = 'arn:aws:events:eu-west-1:000000000000:event-bus/chat';
  const origin = { file: 'shared/template.yaml', path: 'Resources.ChatBus' };
  return {
    buses: [{ name: 'chat', arn, origin }],
    rules,
    region: 'eu-west-1',
    account: '000000000000',
  };
}

export function entry(detail: object = {}, more: Record<string, unknown> = {}) {
  return {
    Source: 'chat.api',
    DetailType: 'MessageSent',
    Detail: JSON.stringify(detail),
    EventBusName: 'chat',
    ...more,
  };
}
