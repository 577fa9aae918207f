// Executions under way: written down when they start, so that the next start runs again what a stop or a kill cut off.
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { openJournal } from '../storage/journal.ts';
import type { Execution } from './executions.ts';

/** An execution that was cut off. Express runs at least once, so it may run again from its start. */
export interface UnderWay {
  /** The ARN of the execution that was the first to begin it. */
  id: string;
  stateMachineArn: string;
  name: string;
  /** JSON. */
  input: string;
}

export interface UnderWaySettings {
  /** Without it, nothing outlives the process. */
  folder: string | undefined;
  log: Log;
  /** Resolves when executions can run. */
  ready: Promise<unknown>;
  /** Starts it anew; undefined where its machine is gone. */
  again: (one: UnderWay) => Execution | undefined;
}

/** Throws a Refusal where the file of the last run cannot be read. */
export function keepUnderWay({ folder, log, ready, again }: UnderWaySettings) {
  const file = folder === undefined ? undefined : join(folder, 'executions.jsonl');
  const journal = openJournal<UnderWay>(file);
  let closed = false;

  const inBackground = (work: Promise<unknown>) => {
    work.catch((error) => log.warn(`machine: ${error instanceof Error ? error.stack : error}`));
  };

  /** Resolves when it is written down, until it ends by itself. */
  function keep({ arn, machine, name, input, done }: Execution): Promise<void> {
    forgetAfter(done, arn);
    return journal.keep({ id: arn, stateMachineArn: machine.arn, name, input });
  }

  function forgetAfter(done: Promise<unknown>, id: string): void {
    inBackground(done.then(() => (closed ? undefined : journal.forget(id))));
  }

  async function resume(): Promise<void> {
    if (closed || journal.entries.length === 0) return;
    log.say(`machine: ${journal.entries.length} executions of the last run start again`);
    await Promise.all(
      journal.entries.map(async (one) => {
        const execution = again(one);
        // It stays written down as it is: a stop right now must leave it there once.
        if (execution) return forgetAfter(execution.done, one.id);
        log.warn(`machine: ${one.stateMachineArn} is gone; ${one.name} is dropped`);
        await journal.forget(one.id);
      }),
    );
  }

  const resumed = ready.then(resume);
  inBackground(resumed);
  return {
    keep,
    /** Resolves when what the last run left has started again. */
    resumed,
    /** What ends from now on did not end by itself. */
    seal() {
      closed = true;
    },
    close: () => journal.close(),
  };
}
