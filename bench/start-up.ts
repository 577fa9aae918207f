// What `npm start` spends its time on, from an empty process to a bundle of every function; milliseconds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'start-up-'));
let before = 0;
const lap = (what: string) => {
  const now = performance.now();
  console.log(`${(now - before).toFixed(0).padStart(6)} ms  ${what}`);
  before = now;
};

lap('Node itself, and this file');
await import('esbuild');
lap('import esbuild');
await import('dynalite');
lap('import dynalite');
await import('yaml');
lap('import yaml');
await import('ws');
lap('import ws');
await import('../local/runtime.ts');
lap('import local/');
const { readPlan } = await import('../local/cloudformation/read-plan.ts');
const plan = readPlan(root, {
  stage: 'dev',
  awsEndpoint: 'http://127.0.0.1:1',
  webSocketEndpoint: 'ws://127.0.0.1:2',
});
lap('read the templates');
const { startTables } = await import('../local/dynamodb/tables.ts');
const { silent } = await import('../local/log.ts');
const tables = await startTables(plan.tables, { folder: join(folder, 'tables'), log: silent });
lap(`create ${plan.tables.length} tables`);
const { buildAll } = await import('../local/lambda/build.ts');
const bundle = () => buildAll(plan.functions, join(folder, 'build'), join(folder, 'kept'));
await bundle();
lap(`bundle ${plan.functions.length} functions`);
await bundle();
lap('the same at the next start');
console.log(`${before.toFixed(0).padStart(6)} ms  all of it`);
await tables.stop();
rmSync(folder, { recursive: true });
