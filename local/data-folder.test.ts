// The data folder is one runtime's alone, as long as that runtime lives.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockDataFolder } from './data-folder.ts';
import { Refusal } from './refusal.ts';

let above: string;
let folder: string;
let lock: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'data-'));
  folder = join(above, 'deep', 'data');
  lock = join(folder, 'lock');
});
afterEach(() => rmSync(above, { recursive: true }));

test('a folder that is not there is made and locked, and unlocking frees it', () => {
  const unlock = lockDataFolder(folder);
  expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
  unlock();
  expect(existsSync(lock)).toBe(false);
  lockDataFolder(folder)();
});

test('the lock of a process that lives is respected, and named', () => {
  lockDataFolder(folder);
  writeFileSync(lock, String(process.ppid));
  expect(() => lockDataFolder(folder)).toThrow(Refusal);
  expect(() => lockDataFolder(folder)).toThrow(
    new RegExp(`--data = .*already running here \\(process ${process.ppid}\\)`),
  );
  expect(readFileSync(lock, 'utf8')).toBe(String(process.ppid));
});

test.each([
  ['a process that was killed', () => String(spawnSync('true').pid)],
  ['nobody', () => ''],
  ['no process at all', () => 'x'],
])('the lock of %s is taken over', (_, owner) => {
  lockDataFolder(folder)();
  writeFileSync(lock, owner());
  lockDataFolder(folder);
  expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
});

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('where the kernel makes no folders, the flag is refused and nothing hangs', () => {
  expect(() => lockDataFolder('/proc/hubbub')).toThrow(/\(ENOENT\)/);
});

test('where no folder can be, the flag is refused with the reason', () => {
  writeFileSync(join(above, 'file'), '');
  expect(() => lockDataFolder(join(above, 'file'))).toThrow(/^flags: --data = .*\(EEXIST\)/);
  expect(() => lockDataFolder(join(above, 'file', 'in'))).toThrow(/\(EEXIST\)/);
});
