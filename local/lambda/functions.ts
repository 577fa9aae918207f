// Lambda on this machine: builds the functions of a plan, deploys them into pools of sandboxes, and deploys anew on change.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import type { Log } from '../log.ts';
import { createApi } from './actions.ts';
import { createAsynchronous, refuseDestination } from './asynchronous.ts';
import { BuildFailed, type Bundle, buildAll } from './build.ts';
import type { Deployed } from './invoke.ts';
import { createPool, type Pool } from './pool.ts';
import { createHttp } from './rest-protocol.ts';
import { startSandbox } from './sandbox.ts';
import type { Level } from './sandbox-messages.ts';
import { type Key, ownKey, refuseVariables, variablesOf } from './variables.ts';

export interface FunctionsSettings {
  /** Where functions find every AWS service, e.g. `http://127.0.0.1:4566`; asked when a sandbox starts. */
  awsEndpoint: () => string;
  extraEnvironment?: (plan: FunctionPlan) => Record<string, string>;
  principalKey?: (plan: FunctionPlan) => Key;
  log: Log;
  /** For failure destinations. */
  aws: Aws;
  /** Sandboxes per function. Each is a thread of about 20 MB; what exceeds it queues. */
  concurrency?: number;
  /** One folder per function is written here. */
  buildFolder: string;
  /** Here stays what need not be built again at the next start. */
  keptFolder?: string;
  runtime: string;
  /** How long a sandbox beyond the last may idle. */
  idleMs?: number;
  /** Between the attempts of an asynchronous invocation. */
  retryDelaysMs?: number[];
}

export interface Functions {
  /** The `lambda` service of local/endpoint/aws.ts. */
  call(action: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  http(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** Deploys a new plan; rejects with BuildFailed or a Refusal and then serves the last good one. */
  update(plans: FunctionPlan[]): Promise<void>;
  /** Starts a sandbox of each function that has none, one after the other: as Lambda sometimes does on its own. */
  warm(): Promise<void>;
  /** Absolute paths of the files that went into the bundles, or that a failed build has to see repaired. */
  dependencies(): string[];
  /** Sandboxes alive, by function. */
  sandboxes(): Record<string, number>;
  /** Ends one busy sandbox of the function: its invocation fails with Runtime.ExitError. */
  kill(functionName: string): Promise<boolean>;
  /** True once no invocation runs, waits or is due for another attempt. */
  settled(withinMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** What makes a sandbox outdated. */
const identity = (plan: FunctionPlan, bundle: Bundle) => JSON.stringify([plan, bundle]);

export async function startFunctions(
  plans: FunctionPlan[],
  settings: FunctionsSettings,
): Promise<Functions> {
  const { log, awsEndpoint, buildFolder, keptFolder, runtime } = settings;
  const { concurrency = 16, idleMs = 60_000, retryDelaysMs = [1000, 2000] } = settings;
  const functions = new Map<string, Deployed>();
  const identities = new Map<string, string>();
  const pools = new Set<Pool>();
  const work = new Set<Promise<unknown>>();
  let inputs: string[] = [];

  const pending = (promise: Promise<unknown>) => {
    const forget = (): boolean => work.delete(over);
    const over: Promise<boolean> = promise.then(forget, forget);
    work.add(over);
  };

  const poolFor = (plan: FunctionPlan, { file }: Bundle) => {
    const key = settings.principalKey?.(plan) ?? ownKey(plan);
    const extra = settings.extraEnvironment?.(plan) ?? {};
    const pool = createPool({
      cap: Math.max(1, Math.min(concurrency, plan.reservedConcurrency ?? concurrency)),
      idleMs,
      onLine(level: Level, text) {
        const write = level === 'ERROR' || level === 'STDERR' ? log.warn : log.detail;
        for (const line of text.trimEnd().split('\n')) write(`${plan.name} | ${line}`);
      },
      start: (onLine) =>
        startSandbox({
          ...plan,
          file,
          variables: variablesOf(plan, { file, runtime, key, endpoint: awsEndpoint(), extra }),
          onLine,
        }),
    });
    pools.add(pool);
    return pool;
  };

  const deploy = async (next: FunctionPlan[]) => {
    for (const plan of next) {
      refuseDestination(plan);
      refuseVariables(plan);
    }
    const built = await buildAll(next, buildFolder, keptFolder).catch((error: unknown) => {
      if (error instanceof BuildFailed) inputs = [...new Set([...inputs, ...error.files])];
      throw error;
    });
    inputs = built.inputs;
    const outdated = new Map(functions);
    for (const plan of next) {
      const bundle = built.bundles.get(plan.name);
      if (!bundle) throw new Error(`${plan.name} was not built`);
      const deployed = functions.get(plan.name);
      const now = identity(plan, bundle);
      if (deployed && identities.get(plan.name) === now) outdated.delete(plan.name);
      else functions.set(plan.name, { plan, pool: poolFor(plan, bundle), held: 0 });
      identities.set(plan.name, now);
    }
    for (const [name, { pool }] of outdated) {
      if (!next.some((plan) => plan.name === name)) functions.delete(name);
      pending(pool.retire().then(() => pools.delete(pool)));
    }
  };

  const asynchronous = createAsynchronous({
    ...settings,
    retryDelaysMs,
    pending,
    current: (name) => functions.get(name),
  });
  const api = createApi({ functions, asynchronous, runtime, log });
  const call: Functions['call'] = (action, input) => {
    const answer = api.call(action, input);
    pending(answer);
    return answer;
  };

  await deploy(plans);
  let deploying: Promise<void> = Promise.resolve();

  return {
    call,
    http: createHttp({ call }, log),
    update(next) {
      const turn = deploying.then(() => deploy(next));
      // A failed deployment is its caller's to hear of, not the next one's.
      deploying = turn.catch(() => undefined);
      return turn;
    },
    async warm() {
      for (const { pool } of [...functions.values()]) await pool.warm();
    },
    dependencies: () => inputs,
    sandboxes: () =>
      Object.fromEntries([...functions].map(([name, { pool }]) => [name, pool.size()])),
    kill: async (name) => functions.get(name)?.pool.kill() ?? false,
    async settled(withinMs) {
      const gaveUp = new AbortController();
      const late = sleep(withinMs, false, gaveUp).catch(() => false);
      const quiet = (async () => {
        while (work.size > 0) await Promise.all(work);
        return true;
      })();
      const result = await Promise.race([quiet, late]);
      gaveUp.abort();
      return result;
    },
    async stop() {
      asynchronous.stop();
      await deploying;
      await Promise.all([...pools].map((pool) => pool.stop()));
      await Promise.all(work);
    },
  };
}
