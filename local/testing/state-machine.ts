// A trial for the tests: a definition run once, against tasks given as plain functions, on a clock that does not wait.

import type { MachinePlan } from '../cloudformation/plan.ts';
import type { Aws, Principal } from '../endpoint/aws.ts';
import { silent } from '../log.ts';
import type { Json } from '../stepfunctions/asl.ts';
import { type Machines, startMachines } from '../stepfunctions/state-machines.ts';

type Call = [action: string, input: Record<string, unknown>, caller: Principal | undefined];

export interface Trial {
  machines: Machines;
  /** Every AWS call so far. */
  calls: Call[];
  /** Every wait so far, in milliseconds. */
  waits: number[];
  /** StartSyncExecution's answer, its output parsed. */
  sync(input: Json): Promise<{ status: string; output: Json; error?: string; cause?: string }>;
}

export function plan(states: unknown, name = 'trial'): MachinePlan {
  const definition = states as Record<string, unknown>;
  return {
    name,
    arn: `arn:aws:states:eu-west-1:000000000000:stateMachine:${name}`,
    type: 'EXPRESS',
    definition: 'States' in definition ? definition : { StartAt: 'A', States: definition },
    definitionFile: 'trial.asl.json',
    policy: [],
    origin: { file: 'template.yaml', path: 'Resources.Trial' },
  };
}

/** `states` is a whole definition, or States that start at `A`. */
export function trial(
  states: unknown,
  answer: (action: string, input: Record<string, unknown>) => unknown = () => ({}),
  random = () => 0.5,
): Trial {
  const calls: Call[] = [];
  const waits: number[] = [];
  const aws: Aws = {
    async call(_, action, input, caller) {
      calls.push([action, input, caller]);
      return (await answer(action, input)) as Record<string, unknown>;
    },
  };
  const clock = {
    random,
    now: Date.now,
    async sleep(ms: number, signal: AbortSignal) {
      waits.push(ms);
      signal.throwIfAborted();
    },
  };
  const region = { region: 'eu-west-1', account: '000000000000' };
  const machines = startMachines([plan(states)], { aws, log: silent, clock, ...region });
  return {
    ...{ machines, calls, waits },
    async sync(input) {
      const { output = 'null', ...rest } = await machines.call('StartSyncExecution', {
        stateMachineArn: plan(states).arn,
        input: JSON.stringify(input),
      });
      return { ...(rest as { status: string }), output: JSON.parse(String(output)) };
    },
  };
}
