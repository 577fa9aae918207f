// The data folder is one runtime's alone, as long as that runtime lives.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Refusal } from '../refusal.ts';
import { lockDataFolder } from './data-folder.ts';

let above: string;
let folder: string;
const processes: ChildProcess[] = [];
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'data-'));
  folder = join(above, 'deep', 'data');
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map(killed));
  rmSync(above, { recursive: true });
});

async function killed(child: ChildProcess) {
  const gone = child.exitCode === null && child.signalCode === null && once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const sourceFor = (path: string) => `
  import { lockDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'data-folder.ts'))};
  try { lockDataFolder(${JSON.stringify(path)}); console.log('locked'); setInterval(() => {}, 1000); }
  catch (error) { console.log(error.message); }`;

/** A process that locks the folder and stays. Resolves with what it said first, its refusal where it was refused. */
async function another(path: string): Promise<{ child: ChildProcess; said: string }> {
  const args = ['--input-type=module-typescript', '--eval', sourceFor(path)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  processes.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, said: String(line).trim() };
}

test('a folder that is not there is made and locked, and unlocking frees it', () => {
  const unlock = lockDataFolder(folder);
  expect(readFileSync(join(folder, 'pid'), 'utf8')).toBe(String(process.pid));
  expect(() => lockDataFolder(folder)).toThrow(Refusal);
  unlock();
  expect(readdirSync(folder)).toEqual(['in-use']);
  lockDataFolder(folder)();
});

test('the lock of a process that lives is respected, and named, by whatever path one comes', async () => {
  const { child } = await another(folder);
  symlinkSync(folder, join(above, 'link'), 'junction');
  const why = `already running here (process ${child.pid}); stop it`;
  for (const path of [folder, join(above, 'link')]) expect(() => lockDataFolder(path)).toThrow(why);
  expect((await another(folder)).said).toContain(why);
});

test('a process that is stopped and cannot answer holds its lock all the same', async () => {
  const { child } = await another(folder);
  child.kill('SIGSTOP');
  expect(() => lockDataFolder(folder)).toThrow('already running here');
});

test('of several that start at once exactly one wins, round after round', async () => {
  for (let round = 0; round < 8; round++) {
    const path = join(above, `round-${round}`);
    const all = await Promise.all(Array.from({ length: 3 }, () => another(path)));
    const said = all.map((one) => one.said).sort();
    const refused = expect.stringContaining('already running here');
    expect(said).toEqual([refused, refused, 'locked']);
    await Promise.all(all.map(({ child }) => killed(child)));
  }
}, 120_000);

test('after a kill the folder is free at once, time after time', async () => {
  for (let round = 0; round < 50; round++) {
    const { child, said } = await another(folder);
    expect(said).toBe('locked');
    // Not waited for: it may be dying, or dead and not yet reaped.
    child.kill('SIGKILL');
  }
}, 120_000);

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('a dead owner that nobody has reaped holds nothing', async () => {
  // `sleep` takes the shell's place, and never asks for the shell's children.
  const source = sourceFor(folder).replace('console.log', 'process.kill(process.pid, "SIGKILL");');
  const script = '"$0" --input-type=module-typescript --eval "$1" & echo $!; exec sleep 600';
  const parent = spawn('sh', ['-c', script, process.execPath, source]);
  processes.push(parent);
  const [pid] = await once(parent.stdout, 'data');
  const status = `/proc/${String(pid).trim()}/status`;
  while (!/^State:\tZ/m.test(readFileSync(status, 'utf8'))) await sleep(20);
  lockDataFolder(folder)();
});

test.each([
  ['this process, as in a container where it always has the same number', process.pid],
  ['a process that lives and has the number of a dead one', process.ppid],
  ['the first process', 1],
])('the number of %s, left by a killed owner, stops nobody', (_, pid) => {
  mkdirSync(folder, { recursive: true });
  // What this version and those before it leave behind when they are killed.
  for (const name of ['pid', 'lock']) writeFileSync(join(folder, name), String(pid));
  lockDataFolder(folder)();
});

test('a version without this lock, which holds only LevelDB’s, is respected', async () => {
  const { openStore } = await import('../dynamodb/store.ts');
  const store = await openStore(join(folder, 'tables'));
  await store.call('ListTables', {});
  expect((await another(folder)).said).toContain('already running here');
  await store.close();
  expect((await another(folder)).said).toBe('locked');
});

test('where no lock can be, the flag is refused with the reason', () => {
  mkdirSync(join(folder, 'in-use'), { recursive: true });
  expect(() => lockDataFolder(folder)).toThrow(/^flags: --data = .*cannot be locked \(unable to/);
});

onLinux('where the kernel makes no folders, the flag is refused and nothing hangs', () => {
  expect(() => lockDataFolder('/proc/hubbub')).toThrow(/\(ENOENT\)/);
});

test('where no folder can be, the flag is refused with the reason', () => {
  writeFileSync(join(above, 'file'), '');
  expect(() => lockDataFolder(join(above, 'file'))).toThrow(/^flags: --data = .*\(EEXIST\)/);
  expect(() => lockDataFolder(join(above, 'file', 'in'))).toThrow(/\(EEXIST\)/);
});
