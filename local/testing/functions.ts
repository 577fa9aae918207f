// For the tests beside: functions from source text, started as a plan would have them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import { type FunctionsSettings, startFunctions } from '../lambda/functions.ts';
import type { Hop, Log } from '../log.ts';

export function planOf(
  folder: string,
  name: string,
  more: Partial<FunctionPlan> = {},
): FunctionPlan {
  return {
    name,
    arn: `arn:aws:lambda:eu-central-1:000000000000:function:${name}`,
    entry: join(folder, `${name}.ts`),
    handler: 'handler',
    build: { format: 'esm', target: 'node24', minify: false, sourcemap: false, external: [] },
    environment: {},
    timeoutS: 10,
    memoryMb: 128,
    maximumRetryAttempts: 2,
    maximumEventAgeS: 21_600,
    policy: [],
    origin: { file: 'template.yaml', path: `Resources.${name}.Properties` },
    ...more,
  };
}

export interface Parsed {
  output: Record<string, unknown>;
  /** The payload, parsed. */
  value: Record<string, unknown> & { errorMessage: string };
}

/** One function per source; `stop` ends all and removes the folder. */
export async function startFixture(
  sources: Record<string, string>,
  more: Partial<FunctionPlan> = {},
  settings: Partial<FunctionsSettings> = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'functions-'));
  const save = (name: string, source: string) => writeFile(join(folder, `${name}.ts`), source);
  for (const [name, source] of Object.entries(sources)) await save(name, source);
  const plans = Object.keys(sources).map((name) => planOf(folder, name, more));

  const hops: Hop[] = [];
  const details: string[] = [];
  const warnings: string[] = [];
  const log: Log = {
    hop: (hop) => void hops.push(hop),
    detail: (line) => void details.push(line),
    say() {},
    warn: (line) => void warnings.push(line),
  };
  const calls: Parameters<Aws['call']>[] = [];
  const aws: Aws = {
    async call(...call) {
      calls.push(call);
      return {};
    },
  };

  const functions = await startFunctions(plans, {
    awsEndpoint: () => 'http://127.0.0.1:4566',
    aws,
    log,
    buildFolder: join(folder, 'build'),
    runtime: 'nodejs24.x',
    retryDelaysMs: [1, 1],
    ...settings,
  });
  const [first] = plans;
  const invoke = async (
    event: unknown = {},
    input: Record<string, unknown> = {},
  ): Promise<Parsed> => {
    const FunctionName = first?.name;
    const Payload = JSON.stringify(event);
    const output = await functions.call('Invoke', { FunctionName, Payload, ...input });
    return { output, value: JSON.parse(String(output.Payload) || 'null') };
  };
  const stop = async () => {
    await functions.stop();
    await rm(folder, { recursive: true });
  };
  return { functions, plans, folder, save, invoke, hops, details, warnings, calls, stop };
}

export type Fixture = Awaited<ReturnType<typeof startFixture>>;
