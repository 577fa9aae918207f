// node bench/functions.ts: what a function costs on this machine: a cold sandbox, a warm invocation, many at once.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFunctions } from '../local/lambda/functions.ts';
import { silent } from '../local/log.ts';

const WARM = 5000;
const AT_ONCE = 300;
const COLD = 20;

const folder = await mkdtemp(join(tmpdir(), 'bench-functions-'));
await writeFile(
  join(folder, 'echo.ts'),
  'export const handler = async (event: { n: number }) => ({ statusCode: 200, body: String(event.n) });',
);
const plan = {
  name: 'echo',
  arn: 'arn:aws:lambda:eu-central-1:000000000000:function:echo',
  entry: join(folder, 'echo.ts'),
  handler: 'handler',
  build: { format: 'esm', target: 'node24', minify: true, sourcemap: false, external: [] },
  environment: {},
  timeoutS: 10,
  memoryMb: 128,
  maximumRetryAttempts: 2,
  maximumEventAgeS: 21_600,
  policy: [],
  origin: { file: 'bench', path: 'echo' },
} satisfies Parameters<typeof startFunctions>[0][number];

const functions = await startFunctions([plan], {
  awsEndpoint: () => 'http://127.0.0.1:4566',
  aws: { call: async () => ({}) },
  log: silent,
  buildFolder: join(folder, 'build'),
  runtime: 'nodejs24.x',
});

const invoke = async (n: number) => {
  const Payload = JSON.stringify({ n, messageId: '01890a5d-ac96-774b-bcce-b302099a8057' });
  const { FunctionError } = await functions.call('Invoke', { FunctionName: 'echo', Payload });
  if (FunctionError) throw new Error(`invocation ${n} failed`);
};

const percentile = (values: number[], at: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * at)]?.toFixed(3);

/** CPU of the whole process, threads included, in ms per piece. */
const cpuOf = async (pieces: number, work: () => Promise<void>) => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1000 / pieces).toFixed(3);
};

const cold: number[] = [];
const coldCpu = await cpuOf(COLD, async () => {
  for (let n = 0; n < COLD; n++) {
    await functions.update([{ ...plan, environment: { N: String(n) } }]);
    const began = performance.now();
    await invoke(n);
    cold.push(performance.now() - began);
  }
});

const warm: number[] = [];
for (let n = 0; n < 500; n++) await invoke(n);
const warmCpu = await cpuOf(WARM, async () => {
  for (let n = 0; n < WARM; n++) {
    const began = performance.now();
    await invoke(n);
    warm.push(performance.now() - began);
  }
});

const began = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => invoke(n)));
const burst = performance.now() - began;

console.table({
  cold: { 'p50 ms': percentile(cold, 0.5), 'p99 ms': percentile(cold, 0.99), 'CPU ms': coldCpu },
  warm: { 'p50 ms': percentile(warm, 0.5), 'p99 ms': percentile(warm, 0.99), 'CPU ms': warmCpu },
});
console.log(`${AT_ONCE} at once: ${burst.toFixed(0)} ms, ${functions.sandboxes().echo} sandboxes`);
console.log('cold CPU includes the rebuild that makes it cold');

await functions.stop();
await rm(folder, { recursive: true });
