// Who plays in the search: executions of the real state machine.
import { readFileSync } from 'node:fs';
import type { Json, States } from '../../local/stepfunctions/asl.ts';
import { run } from '../../local/stepfunctions/run.ts';
import { performTask } from '../../local/stepfunctions/tasks.ts';
import type { MessageSent } from '../../shared/src/events.ts';
import type { Program } from './script.ts';

export type Definition = Record<string, unknown> & { States: Record<string, State> };
export interface State {
  Next?: string;
  Default?: string;
  Parameters?: Record<string, unknown>;
  Catch?: { Next: string }[];
  [field: string]: unknown;
}

const NAMES: Record<string, string> = {
  ClaimsTable: 'Claims',
  MessagesTable: 'Messages',
  BroadcastFunction: 'broadcast',
  DeadLetterQueue: 'https://sqs/dead-letters',
};

/** The definition as it is deployed, with the model's names in it. A fresh copy each time. */
export function readDefinition(): Definition {
  const file = '../../workflows/statemachine/message-distribution.asl.json';
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  return JSON.parse(source.replace(/\$\{(\w+)\}/g, (_, name: string) => NAMES[name] ?? name));
}

export interface Said {
  messageId?: string;
  userId?: string;
  text?: string;
  /** Seconds of the clock: a resend is sent later than what it repeats. */
  at?: number;
  redrive?: boolean;
}

function eventOf({ messageId = 'm1', userId = 'ann', text = 'hi', at = 0, redrive }: Said) {
  const detail: MessageSent = {
    ...{ messageId, userId, text, room: 'r', topics: ['room:r'], nickname: userId },
    sentAt: new Date(at * 1000).toISOString(),
    bodyHash: `hash of ${text}`,
    ...{ claimUntil: 604_800, keepUntil: 0 },
  };
  return { detail, ...(redrive && { redrive }) } as unknown as Json;
}

/** One execution of the machine for one MessageSent, by the interpreter that `npm start` runs. */
export function execution(definition: Definition, said: Said = {}): Program {
  const machine = definition as unknown as States;
  const input = eventOf(said);
  const clock = { now: () => 0, random: () => 0, sleep: async () => {} };
  const identity = {
    principal: { name: 'm', policy: [] },
    executionArn: 'e',
    stateMachineArn: 'm',
  };
  return async (aws, signal) => {
    const task = (resource: string, parameters: Json) =>
      performTask(resource, parameters, { aws, ...identity });
    const context = { Execution: { Id: 'e', Input: input } };
    const world = { region: 'eu-west-1', clock, record: () => 0, task };
    await run(machine, input, { context, signal, previous: 0 }, world);
  };
}
