// Proves what a bot keeps in its folder: whole or not at all, and one bad file spoils no other.
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createFileKeep, createFileStore } from '../../front/src/ports/file.js';

let folder: string;
const troubles: unknown[] = [];
const trouble = (error: unknown) => void troubles.push(error);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-'));
  troubles.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (messageId: string, text = messageId) => ({
  ...{ messageId, room: 'lobby', text, writtenAt: 1, position: 1 },
  ...{ state: 'pending' as const, reason: null, fresh: false, once: false },
});

test('what was put is loaded again, long and in any script, and leaves no other file behind', async () => {
  const long = entry('a', '🦊'.repeat(100_000));
  await createFileStore(folder, trouble).put(long);
  expect(await createFileStore(folder, trouble).load()).toEqual([long]);
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('an empty file takes nothing but itself from the outbox, and is told of', async () => {
  const store = createFileStore(folder, trouble);
  await store.put(entry('a'));
  await store.put(entry('b'));
  truncateSync(join(folder, 'a.json'));
  expect(await store.load()).toEqual([null, entry('b')]);
  expect(troubles).toHaveLength(1);
});

test('a value that is no JSON counts as absent, is told of, and can be written anew', () => {
  const keep = createFileKeep(folder, trouble);
  writeFileSync(join(folder, 'epoch.json'), '');
  expect(keep.read('epoch')).toBeNull();
  expect(troubles).toHaveLength(1);
  keep.write('epoch', 7);
  expect(keep.read('epoch')).toBe(7);
});
