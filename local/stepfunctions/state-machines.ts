// Step Functions on this machine: Express state machines, with AWS's API to start, look at and stop executions.

import type { MachinePlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import { AwsError, unsupportedOperation } from '../endpoint/aws-error.ts';
import type { Log } from '../log.ts';
import type { Definition } from './asl.ts';
import { Aborted, createExecutions, type Execution } from './executions.ts';
import { onTheWire } from './history.ts';
import { accept } from './refuse.ts';
import { arnIn, type Input, inputIn, nameIn, statusIn } from './requests.ts';
import {
  describeExecution,
  describeMachine,
  listedExecution,
  page,
  syncResult,
} from './responses.ts';
import { type Clock, realClock } from './timeout.ts';
import { keepUnderWay } from './unfinished.ts';

type Output = Record<string, unknown>;

export interface Machines {
  /** One action of the Step Functions API, in its JSON 1.0 shapes: times are epoch seconds. Rejects with an AwsError. */
  call(action: string, input: Input): Promise<Output>;
  /** New definitions for executions to come; those that run end with the old. Throws a Refusal and changes nothing. */
  update(plans: MachinePlan[]): void;
  /** True once nothing runs, false if something still does after so many milliseconds. */
  settled(withinMs: number): Promise<boolean>;
  /** Ends what runs. With a folder, what StartExecution began starts again with the next run. */
  stop(): Promise<void>;
}

export interface MachinesDeps {
  aws: Aws;
  log: Log;
  region: string;
  account: string;
  clock?: Clock;
  /** Where executions under way survive a stop and a kill; without it they are lost. */
  folder?: string | undefined;
  /** Resolves when the tasks can be called: executions of the last run start again then. Default: at once. */
  ready?: Promise<unknown> | undefined;
}

/** Starts the service. Throws a Refusal for a definition that holds something unsupported. */
export function startMachines(plans: MachinePlan[], deps: MachinesDeps): Machines {
  const { log, ready = Promise.resolve() } = deps;
  const executions = createExecutions({ clock: realClock, ...deps });
  let machines = new Map<string, { plan: MachinePlan; definition: Definition }>();
  let stopped = false;

  const update = (next: MachinePlan[]) => {
    machines = new Map(next.map((plan) => [plan.arn, { plan, definition: accept(plan) }]));
  };
  update(plans);
  const underWay = keepUnderWay({
    ...{ folder: deps.folder, log, ready },
    again({ stateMachineArn, name, input }) {
      const machine = machines.get(stateMachineArn);
      return machine && executions.start(machine.plan, machine.definition, name, input);
    },
  });

  const machineIn = (input: Input) => {
    const arn = arnIn(input, 'stateMachineArn');
    const machine = machines.get(arn);
    if (machine) return machine;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  };
  const executionIn = (input: Input): Execution => {
    const arn = arnIn(input, 'executionArn');
    const execution = executions.find(arn);
    if (execution) return execution;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  };
  const start = (input: Input): Execution => {
    if (stopped) throw new AwsError('ServiceUnavailable', 'Step Functions is stopping', 503);
    const { plan, definition } = machineIn(input);
    return executions.start(plan, definition, nameIn(input), inputIn(input));
  };

  const actions: Record<string, (input: Input) => Output | Promise<Output>> = {
    async StartExecution(input) {
      const execution = start(input);
      await underWay.keep(execution);
      const { arn, startMs } = execution;
      return { executionArn: arn, startDate: startMs / 1000 };
    },
    async StartSyncExecution(input) {
      const execution = start(input);
      await execution.done;
      return syncResult(execution);
    },
    DescribeExecution: (input) => describeExecution(executionIn(input)),
    ListExecutions(input) {
      const { plan } = machineIn(input);
      const wanted = statusIn(input);
      const found = executions
        .of(plan.arn)
        .filter(({ status }) => wanted === undefined || status === wanted);
      const listed = found.map(listedExecution);
      return page('executions', listed, ({ executionArn }) => executionArn, input);
    },
    async StopExecution(input) {
      const execution = executionIn(input);
      execution.abort.abort(new Aborted(String(input.error ?? ''), String(input.cause ?? '')));
      await execution.done;
      return { stopDate: (execution.stopMs ?? 0) / 1000 };
    },
    GetExecutionHistory(input) {
      const { events } = executionIn(input);
      const ordered = input.reverseOrder === true ? events.toReversed() : events;
      return page('events', ordered.map(onTheWire), ({ id }) => String(id), input);
    },
    DescribeStateMachine: (input) => describeMachine(machineIn(input).plan),
    ListStateMachines: (input) =>
      page(
        'stateMachines',
        [...machines.values()].map(({ plan }) => ({
          ...{ stateMachineArn: plan.arn, name: plan.name, type: plan.type, creationDate: 0 },
        })),
        ({ stateMachineArn }) => stateMachineArn,
        input,
      ),
  };

  async function settled(withinMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), withinMs);
    const all = async () => {
      await underWay.resumed;
      while (executions.running.size > 0)
        await Promise.all([...executions.running].map(({ done }) => done));
      return true;
    };
    try {
      return await Promise.race([all(), promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async call(action, input) {
      const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
      if (!run) throw unsupportedOperation('states', action);
      return run(input);
    },
    update,
    settled,
    async stop() {
      if (stopped) return;
      stopped = true;
      underWay.seal();
      const running = [...executions.running];
      if (running.length > 0) {
        const next = deps.folder ? 'they start again with the next run' : 'they are lost';
        log.warn(`machine: ${running.length} executions were still running; ${next}`);
      }
      for (const { abort } of running) abort.abort(new Aborted('', 'the machine stopped'));
      await Promise.all(running.map(({ done }) => done));
      await underWay.close();
    },
  };
}
