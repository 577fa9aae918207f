// Hot reload: new code takes over, unchanged functions stay warm, and a broken save keeps the last good version.

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { type Fixture, planOf, startFixture } from '../testing/functions.ts';

let fixture: Fixture;
afterEach(() => fixture.stop());

const VERSION = (n: number) =>
  `let warm = 0; export const handler = async () => ({ version: ${n}, warm: ++warm });`;

test('a saved handler answers from the next invocation on, the others stay warm', async () => {
  fixture = await startFixture({ probe: VERSION(1), other: VERSION(1) });
  const { invoke, functions, save, plans } = fixture;
  await invoke();
  await invoke({}, { FunctionName: 'other' });
  await save('probe', VERSION(2));
  await functions.update(plans);
  expect((await invoke()).value).toEqual({ version: 2, warm: 1 });
  expect((await invoke({}, { FunctionName: 'other' })).value).toEqual({ version: 1, warm: 2 });
});

test('what is kept from an earlier start serves as it was built, until a file changes', async () => {
  const kept = await mkdtemp(join(tmpdir(), 'kept-'));
  fixture = await startFixture({ probe: VERSION(1) }, {}, { keptFolder: kept });
  const { invoke, functions, save, plans, folder } = fixture;
  const { ctimeMs } = await stat(join(folder, 'probe.ts'));
  // A second after the save there is no doubt any more which version is built.
  while ((await readdir(kept)).length === 0) {
    await functions.update(plans);
    if (Date.now() < ctimeMs + 1_500) await sleep(50);
  }
  await functions.update(plans);
  expect((await invoke()).value).toEqual({ version: 1, warm: 1 });
  expect(functions.dependencies()).toEqual([join(folder, 'probe.ts')]);
  await save('probe', VERSION(2));
  await functions.update(plans);
  expect((await invoke()).value).toEqual({ version: 2, warm: 1 });
  await rm(kept, { recursive: true });
});

test('a source map finds its sources from where the bundle is', async () => {
  fixture = await startFixture(
    { probe: VERSION(1) },
    { build: { format: 'cjs', target: 'node24', minify: true, sourcemap: true, external: [] } },
  );
  const { folder } = fixture;
  const at = join(folder, 'build', 'probe');
  const { sources } = JSON.parse(await readFile(join(at, 'probe.cjs.map'), 'utf8'));
  expect(sources.map((source: string) => join(at, source))).toEqual([join(folder, 'probe.ts')]);
});

test('a broken save names file, line and column, and the last good version serves on, warm', async () => {
  fixture = await startFixture({ probe: VERSION(1) });
  const { invoke, functions, save, plans } = fixture;
  await invoke();
  await save('probe', 'export const handler = async () => {\n  return {;\n};');
  await expect(functions.update(plans)).rejects.toThrow(
    /probe\.ts:2:11: Expected identifier but found ";"/,
  );
  expect((await invoke()).value).toEqual({ version: 1, warm: 2 });
  await save('probe', VERSION(3));
  await functions.update(plans);
  expect((await invoke()).value).toEqual({ version: 3, warm: 1 });
});

test('what runs during a reload finishes on the old version', async () => {
  const slow = (n: number) =>
    `export const handler = async () => { console.log('in'); await new Promise((done) => setTimeout(done, 200)); return ${n}; };`;
  fixture = await startFixture({ probe: slow(1) });
  const { invoke, functions, save, plans, details } = fixture;
  const old = invoke();
  while (details.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await save('probe', slow(2));
  await functions.update(plans);
  expect((await invoke()).value).toBe(2);
  expect((await old).value).toBe(1);
});

test('a function that the new plan lacks is gone, a new variable takes effect', async () => {
  fixture = await startFixture({
    probe: 'export const handler = async () => process.env.COLOUR ?? null;',
    other: VERSION(1),
  });
  const { invoke, functions, folder } = fixture;
  await functions.update([planOf(folder, 'probe', { environment: { COLOUR: 'blue' } })]);
  expect((await invoke()).value).toBe('blue');
  await expect(invoke({}, { FunctionName: 'other' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('dependencies are the files that went into the bundles, those of a failed build too', async () => {
  fixture = await startFixture({
    part: 'export const handler = 1; export const answer = 42;',
    probe: 'import { answer } from "./part.ts"; export const handler = async () => answer;',
  });
  const { functions, folder, save, plans } = fixture;
  const files = (...names: string[]) => names.map((name) => join(folder, `${name}.ts`)).sort();
  expect(functions.dependencies().sort()).toEqual(files('part', 'probe'));
  await save('fresh', 'export const = 1;');
  await save('probe', 'import "./fresh.ts"; export const handler = async () => 1;');
  await expect(functions.update(plans)).rejects.toThrow(/fresh\.ts:1:14/);
  expect(functions.dependencies().sort()).toEqual(files('fresh', 'part', 'probe'));
});

test('packages that a bundle leaves to the runtime are found', async () => {
  const source = 'import { parse } from "yaml"; export const handler = async () => parse("a: 1");';
  fixture = await startFixture({ probe: 'export const handler = 1;' });
  const { folder, functions, save, invoke } = fixture;
  await save('probe', source);
  const { symlink } = await import('node:fs/promises');
  await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'), 'junction');
  const plan = planOf(folder, 'probe');
  await functions.update([{ ...plan, build: { ...plan.build, external: ['yaml'] } }]);
  expect((await invoke()).value).toEqual({ a: 1 });
});

test('CommonJS bundles run too', async () => {
  fixture = await startFixture(
    { probe: 'export const handler = async () => "cjs";' },
    { build: { format: 'cjs', target: 'node24', minify: true, sourcemap: true, external: [] } },
  );
  expect((await fixture.invoke()).value).toBe('cjs');
});

test('options that a thread cannot take are refused by name', async () => {
  fixture = await startFixture({ probe: VERSION(1) });
  const { functions, folder } = fixture;
  const plan = planOf(folder, 'probe', { environment: { NODE_OPTIONS: '--max-old-space-size=9' } });
  await expect(functions.update([plan])).rejects.toThrow(
    /^template\.yaml: Resources\.probe\.Properties\.Environment\.Variables\.NODE_OPTIONS = /,
  );
});
