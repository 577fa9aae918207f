// Map iterations and Parallel branches: several sub-machines at once; the first failure stops the others.
import type { Json, JsonObject, States } from './asl.ts';
import { asFailure } from './failure.ts';
import { run, type Scope, type World } from './run.ts';

export interface Job {
  machine: States;
  input: Json;
  context: JsonObject;
}

/** Iterations of an inline Map that AWS runs at once. */
const MOST_AT_ONCE = 40;

/** The outputs in the order of the jobs. `atOnce` 0 or undefined: as many as AWS would. */
export async function each(
  type: 'Map' | 'Parallel',
  name: string,
  jobs: Job[],
  atOnce: number | undefined,
  scope: Scope,
  world: World,
): Promise<Json[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([scope.signal, siblings.signal]);
  const started = world.record(`${type}StateStarted`, scope.previous, {
    ...(type === 'Map' && { text: { length: jobs.length } }),
  });
  const outputs: Json[] = new Array(jobs.length).fill(null);
  const waiting = jobs.entries();

  const one = async (index: number, { machine, input, context }: Job) => {
    const own: Scope = { context, signal, previous: started };
    const note = (what: string) => {
      if (type === 'Map')
        own.previous = world.record(`MapIteration${what}`, own.previous, { text: { name, index } });
    };
    note('Started');
    try {
      outputs[index] = await run(machine, input, own, world);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      note('Failed');
      const failure = asFailure(thrown);
      siblings.abort(failure);
      throw failure;
    }
    note('Succeeded');
  };
  const worker = async () => {
    for (const [index, job] of waiting) await one(index, job);
  };
  const workers = Array.from({ length: Math.min(atOnce || MOST_AT_ONCE, MOST_AT_ONCE) }, worker);
  // All of them end before the state does: nothing of a failed Map runs on behind its Catch.
  await Promise.allSettled(workers);
  scope.signal.throwIfAborted();
  scope.previous = world.record(
    `${type}State${siblings.signal.aborted ? 'Failed' : 'Succeeded'}`,
    started,
  );
  siblings.signal.throwIfAborted();
  return outputs;
}
