// The executions of this machine: runs each, and remembers the latest for the developer who asks.
import { randomUUID } from 'node:crypto';
import type { MachinePlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import { type Log, messageIdIn } from '../log.ts';
import type { Definition, Json } from './asl.ts';
import { asFailure, Failure } from './failure.ts';
import { type HistoryEvent, recorder } from './history.ts';
import { checkSize, run } from './run.ts';
import { MOST_EXECUTION_S } from './states.ts';
import { performTask } from './tasks.ts';
import { type Clock, within } from './timeout.ts';

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Execution {
  arn: string;
  name: string;
  machine: MachinePlan;
  /** JSON, as it came. */
  input: string;
  status: Status;
  startMs: number;
  stopMs?: number;
  /** JSON. */
  output?: string;
  error?: string;
  cause?: string;
  events: HistoryEvent[];
  abort: AbortController;
  /** Resolves when the execution is over, however it ended. */
  done: Promise<void>;
}

/** Somebody stopped it. */
export class Aborted extends Failure {}
/** Its own time was over. */
class TimedOut extends Failure {}

/** AWS keeps no Express executions at all; a developer wants to look at the latest. */
const MOST_REMEMBERED = 1000;

export interface Deps {
  aws: Aws;
  log: Log;
  region: string;
  account: string;
  clock: Clock;
}

function contextOf({ arn, name, machine, startMs }: Execution, input: Json) {
  return {
    Execution: {
      Id: arn,
      Input: input,
      Name: name,
      RoleArn: '',
      StartTime: new Date(startMs).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
  };
}

export function createExecutions(deps: Deps) {
  const { aws, log, clock, region } = deps;
  const remembered = new Map<string, Execution>();
  const running = new Set<Execution>();

  async function live(execution: Execution, definition: Definition): Promise<void> {
    const { machine, events, abort } = execution;
    const append = recorder(events, clock.now);
    const record: typeof append = (type, previous, details) => {
      const state = type.endsWith('Entered') ? details?.text?.name : undefined;
      if (state !== undefined) log.detail(`machine ${machine.name} ${execution.name} → ${state}`);
      return append(type, previous, details);
    };
    const input: Json = JSON.parse(execution.input);
    const previous = record('ExecutionStarted', 0, { json: { input } });
    const caller = {
      aws,
      principal: { name: machine.name, policy: machine.policy },
      executionArn: execution.arn,
      stateMachineArn: machine.arn,
    };
    const world = {
      ...{ region, clock, record },
      task: (resource: string, parameters: Json) => performTask(resource, parameters, caller),
    };
    const mostS = Math.min(definition.TimeoutSeconds ?? MOST_EXECUTION_S, MOST_EXECUTION_S);
    const late = () => new TimedOut('States.Timeout', '');
    const context = contextOf(execution, input);
    let end: [Status, Record<string, unknown>];
    try {
      const output = await within(mostS * 1000, abort.signal, late, (signal) =>
        run(definition, input, { context, signal, previous }, world),
      );
      execution.output = JSON.stringify(checkSize(machine.name, output));
      end = ['SUCCEEDED', { output: execution.output }];
    } catch (thrown) {
      const failure = asFailure(thrown);
      execution.error = failure.name;
      execution.cause = failure.message;
      const aborted = failure instanceof Aborted;
      const status = aborted ? 'ABORTED' : failure instanceof TimedOut ? 'TIMED_OUT' : 'FAILED';
      end = [status, { error: failure.name, cause: failure.message }];
    }
    const last = {
      SUCCEEDED: 'Succeeded',
      FAILED: 'Failed',
      TIMED_OUT: 'TimedOut',
      ABORTED: 'Aborted',
    };
    execution.status = end[0];
    execution.stopMs = clock.now();
    record(`Execution${last[end[0] as keyof typeof last]}`, events.length, { text: end[1] });
    log.hop({
      service: 'machine',
      what: [machine.name, execution.error].filter(Boolean).join(': '),
      status: execution.status,
      failed: execution.status !== 'SUCCEEDED',
      messageId: messageIdIn(execution.input),
      ms: execution.stopMs - execution.startMs,
    });
  }

  function remember(execution: Execution): void {
    remembered.set(execution.arn, execution);
    for (const [arn, old] of remembered) {
      if (remembered.size <= MOST_REMEMBERED) break;
      if (old.status !== 'RUNNING') remembered.delete(arn);
    }
  }

  return {
    running,
    /** Starts one; a name may come twice, as Express has it: each has an ARN of its own. */
    start(machine: MachinePlan, definition: Definition, name: string, input: string): Execution {
      const { arn } = machine;
      const execution: Execution = {
        arn: `${arn.replace(':stateMachine:', ':express:')}:${name}:${randomUUID()}`,
        ...{ name, machine, input, status: 'RUNNING', startMs: clock.now(), events: [] },
        ...{ abort: new AbortController(), done: Promise.resolve() },
      };
      running.add(execution);
      remember(execution);
      execution.done = live(execution, definition).finally(() => running.delete(execution));
      return execution;
    },
    find: (arn: string): Execution | undefined => remembered.get(arn),
    /** The latest first. */
    of: (stateMachineArn: string): Execution[] =>
      [...remembered.values()].filter(({ machine }) => machine.arn === stateMachineArn).reverse(),
  };
}
