// A build is made once for the same files, and again for whatever could make it another.
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keptOr } from './kept-build.ts';

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

/** As it stands after a while. */
async function save(text: string, atS = Date.now() / 1000 - 60) {
  await writeFile(input, text);
  await utimes(input, atS, atS);
}

/** What the build is of, whoever made it. */
async function built(asked = 'options') {
  const { outputs } = await keptOr(file, asked, async () => {
    builds += 1;
    const contents = Buffer.from(`built of ${await readFile(input, 'utf8')}`);
    return { outputs: [{ path: 'one/one.cjs', contents }], inputs: [input] };
  });
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
  await built('others');
  expect(builds).toBe(2);
});

test('a file that is gone builds anew, which says so', async () => {
  await built();
  await rm(input);
  await expect(built()).rejects.toThrow('ENOENT');
});

test('what was saved a moment ago is not kept: it may be another version than the one that was built', async () => {
  await save('first', Date.now() / 1000);
  await built();
  await built();
  expect(builds).toBe(2);
  await save('first');
  await built();
  await built();
  expect(builds).toBe(3);
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
