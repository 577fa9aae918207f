// Saving files while it runs: what is good takes effect, what is broken is told by place and changes nothing.
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Runtime } from '../runtime.ts';
import { ask, type Copy, copyProduct } from '../testing/product-copy.ts';

let copy: Copy;
let runtime: Runtime;
beforeAll(async () => {
  copy = copyProduct();
  runtime = await copy.start();
});
afterAll(() => copy.remove());

const ANSWER = (text: string) => `export const handler = async () => '${text}';\n`;
const PING = 'api/src/routes/ping.ts';
const ASL = 'workflows/statemachine/message-distribution.asl.json';

/** Saves, and waits until the log says what came of it. */
async function save(files: Record<string, string>, outcome: RegExp): Promise<string> {
  const told = copy.said(outcome);
  await Promise.all(
    Object.entries(files).map(([path, text]) => writeFile(join(copy.root, path), text)),
  );
  return told;
}

async function ping(): Promise<unknown> {
  const { name } = runtime.plan().functions.find(({ entry }) => entry.endsWith('ping.ts')) ?? {};
  const path = `/2015-03-31/functions/${name}/invocations`;
  return (await fetch(`${runtime.aws}${path}`, { method: 'POST', body: '{}' })).json();
}

async function definition(): Promise<Record<string, unknown>> {
  const [machine] = runtime.plan().machines;
  const answer = await ask(runtime.aws, 'AWSStepFunctions.DescribeStateMachine', {
    stateMachineArn: machine?.arn,
  });
  return JSON.parse((answer as { definition: string }).definition);
}

test('a saved handler answers from then on', async () => {
  await save({ [PING]: ANSWER('one') }, /^reloaded: .*ping\.ts/);
  expect(await ping()).toBe('one');
});

test('a file that each save puts in the place of the old one, as many editors do, is heard every time', async () => {
  for (const text of ['first', 'second', 'third']) {
    const told = copy.said(/^reloaded: .*ping\.ts/);
    await writeFile(join(copy.root, 'ping.new'), ANSWER(text));
    await rename(join(copy.root, 'ping.new'), join(copy.root, PING));
    await told;
    expect(await ping()).toBe(text);
  }
  await save({ [PING]: ANSWER('in place again') }, /^reloaded: .*ping\.ts/);
  expect(await ping()).toBe('in place again');
});

test('a folder that comes, goes and comes again is heard with what is in it', async () => {
  const folder = join(copy.root, 'front', 'src', 'extra');
  for (const name of ['one.js', 'two.js']) {
    const come = copy.said(new RegExp(`^reloaded: .*extra/${name}`));
    await mkdir(folder);
    await writeFile(join(folder, name), '');
    await come;
    const gone = copy.said(/^reloaded: .*extra/);
    await rm(folder, { recursive: true });
    await gone;
  }
});

test('a handler that does not build is told by file and line, and the last good one serves on', async () => {
  await save({ [PING]: ANSWER('two') }, /^reloaded: .*ping\.ts/);
  await save(
    { [PING]: 'export const handler = async () => {\n  return {;\n};\n' },
    /^kept the last good version: .*api\/src\/routes\/ping\.ts:2:11: Expected/,
  );
  expect(await ping()).toBe('two');
  await save({ [PING]: ANSWER('three') }, /^reloaded: .*ping\.ts/);
  expect(await ping()).toBe('three');
});

test('a saved state machine takes effect; one that is not JSON is told by file', async () => {
  const good = JSON.parse(await readFile(join(copy.root, ASL), 'utf8'));
  await save({ [ASL]: JSON.stringify({ ...good, Comment: 'new' }) }, /^reloaded: .*asl\.json/);
  expect((await definition()).Comment).toBe('new');
  await save({ [ASL]: '{' }, /^kept the last good version: .*asl\.json/);
  expect((await definition()).Comment).toBe('new');
  await save({ [ASL]: JSON.stringify(good) }, /^reloaded: .*asl\.json/);
});

test('of several files at once that are not all good, none takes effect', async () => {
  await save({ [PING]: ANSWER('before') }, /^reloaded: .*ping\.ts/);
  const good = await readFile(join(copy.root, ASL), 'utf8');
  const odd = JSON.parse(good);
  odd.States.Odd = { Type: 'Odd' };
  await save({ [ASL]: JSON.stringify(odd), [PING]: ANSWER('after') }, /^kept .*Odd/);
  expect(await ping()).toBe('before');
  await save({ [ASL]: good }, /^reloaded: .*asl\.json/);
  expect(await ping()).toBe('after');
});

test('a saved template takes effect; one that is broken is told by file', async () => {
  const path = 'api/template.yaml';
  const good = await readFile(join(copy.root, path), 'utf8');
  const timeout = /Timeout: (\d+)/.exec(good)?.[1];
  await save({ [path]: good.replace(/Timeout: \d+/, 'Timeout: 17') }, /^reloaded: api\/template/);
  expect(runtime.plan().functions.map(({ timeoutS }) => timeoutS)).toContain(17);
  await save(
    { [path]: `${good}\nOdd: true\n` },
    /^kept the last good version: .*template\.yaml.*Odd/,
  );
  expect(runtime.plan().functions.map(({ timeoutS }) => timeoutS)).toContain(17);
  await save({ [path]: good }, /^reloaded: api\/template/);
  expect(timeout).not.toBe('17');
});

test('a saved page is there at the next request, and named in the log', async () => {
  const told = copy.said(/^reloaded: front\/src\/app\.js/);
  await appendFile(join(copy.root, 'front', 'src', 'app.js'), '// saved\n');
  await told;
  expect(await (await fetch(`${runtime.page}/app.js`)).text()).toMatch(/\/\/ saved\n$/);
});
