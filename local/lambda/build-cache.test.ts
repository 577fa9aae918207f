// A build is made once for the same files, and again for whatever could make it another.
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keptOr } from './build-cache.ts';

/** Longer than the coarse clock of a file system is behind. */
const UNSETTLED_MS = 30;

let folder: string;
let input: string;
let file: string;
let builds: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-'));
  input = join(folder, 'input.ts');
  file = join(folder, 'kept', 'one');
  builds = 0;
  await save('first');
});
afterEach(() => rm(folder, { recursive: true }));

/** As it stands after a while: no build begins before the clock has gone on. */
async function save(text: string, place = input) {
  await writeFile(place, text);
  await utimes(place, 1, 1);
  const { ctimeMs } = await stat(place);
  while (Date.now() <= ctimeMs + UNSETTLED_MS) await setImmediate();
}

/** What the build is of, whoever made it. */
async function built({ asked = 'options', meanwhile = async () => {} } = {}) {
  const make = async () => {
    builds += 1;
    const contents = Buffer.from(`built of ${await readFile(input, 'utf8')}`);
    await meanwhile();
    return { outputs: [{ path: 'one/one.cjs', contents }], inputs: [input] };
  };
  const { outputs } = await keptOr(file, asked, make, UNSETTLED_MS);
  expect(outputs.map(({ path }) => path)).toEqual(['one/one.cjs']);
  return Buffer.from(outputs[0]?.contents ?? []).toString();
}

test('the second time nothing is built, and it is the same', async () => {
  expect([await built(), await built(), builds]).toEqual(['built of first', 'built of first', 1]);
  expect(await readdir(join(folder, 'kept'))).toEqual(['one']);
});

test('a file that changed builds anew, though it looks as old and as long', async () => {
  await built();
  await save('fresh');
  expect([await built(), builds]).toEqual(['built of fresh', 2]);
});

test('other options build anew', async () => {
  await built();
  await built({ asked: 'others' });
  expect(builds).toBe(2);
});

test('a file that is gone builds anew, which says so', async () => {
  await built();
  await rm(input);
  await expect(built()).rejects.toThrow('ENOENT');
});

test.each(['package.json', 'tsconfig.json', 'node_modules/.package-lock.json'])(
  '%s that comes, changes or goes builds anew',
  async (name) => {
    await mkdir(join(folder, 'node_modules'));
    await built();
    for (const text of ['', '{}']) {
      await save(text, join(folder, name));
      await built();
    }
    await rm(join(folder, name));
    await built();
    expect(builds).toBe(4);
  },
);

test.each([
  ['saved', () => writeFile(input, 'fresh')],
  ['replaced by an older one', () => rename(join(folder, 'older.ts'), input)],
])('a file that is %s during the build is not taken for what was built', async (_, meanwhile) => {
  await writeFile(join(folder, 'older.ts'), 'older');
  await utimes(join(folder, 'older.ts'), 1, 1);
  await built({ meanwhile });
  await built();
  expect(builds).toBe(2);
});

test('what may still change in the second of the build is not kept', async () => {
  const make = async () => ({ outputs: [], inputs: [input] });
  await utimes(input, 1, Date.now() / 1000 + 60);
  await keptOr(file, 'options', make);
  await expect(readdir(join(folder, 'kept'))).rejects.toThrow('ENOENT');
});

test('a place where nothing can be kept costs no build', async () => {
  await writeFile(join(folder, 'kept'), 'a file, not a folder');
  expect(await built()).toBe('built of first');
});

test('a file that goes during the build costs no build', async () => {
  expect(await built({ meanwhile: () => rm(input) })).toBe('built of first');
});

test.each([0, 20])('%i bytes of what was kept are nothing', async (length) => {
  await built();
  await truncate(file, length);
  expect([await built(), builds]).toEqual(['built of first', 2]);
});

test('a build that fails keeps nothing', async () => {
  const failing = () => Promise.reject(new Error('no'));
  await expect(keptOr(file, 'options', failing)).rejects.toThrow('no');
  expect([await built(), builds]).toEqual(['built of first', 1]);
});
