// A journal gives back what was kept and not forgotten, whatever ended the process.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Refusal } from '../refusal.ts';
import { type Journal, openJournal } from './journal.ts';

type Entry = { id: string; n: number };
let folder: string;
let file: string;
const opened: Journal<Entry>[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  file = join(folder, 'deep', 'journal.jsonl');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close()));
  rmSync(folder, { recursive: true });
});

function open(): Journal<Entry> {
  const journal = openJournal<Entry>(file);
  opened.push(journal);
  return journal;
}

test('what was kept and not forgotten is there again, in order and as it was last', async () => {
  const journal = open();
  await Promise.all([1, 2, 3].map((n) => journal.keep({ id: `e${n}`, n })));
  await journal.keep({ id: 'e1', n: 10 });
  await journal.forget('e2');
  expect(open().entries).toEqual([
    { id: 'e1', n: 10 },
    { id: 'e3', n: 3 },
  ]);
});

test('forgetting the last entry empties the file, and the next entry is kept all the same', async () => {
  const journal = open();
  await journal.keep({ id: 'a', n: 1 });
  await journal.forget('a');
  expect(readFileSync(file, 'utf8')).toBe('');
  await journal.keep({ id: 'b', n: 2 });
  expect(open().entries).toEqual([{ id: 'b', n: 2 }]);
});

test('a line that a crash cut off is ignored', async () => {
  await open().keep({ id: 'a', n: 1 });
  appendFileSync(file, '{"keep":{"id":"b"');
  expect(open().entries).toEqual([{ id: 'a', n: 1 }]);
  expect(readFileSync(file, 'utf8')).toBe('{"keep":{"id":"a","n":1}}\n');
});

test('a file that cannot be read is refused by line, and never overwritten', async () => {
  await open().keep({ id: 'a', n: 1 });
  appendFileSync(file, '{\n');
  const before = readFileSync(file, 'utf8');
  expect(open).toThrow(Refusal);
  expect(open).toThrow(/journal\.jsonl: line 2/);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('without a file nothing is kept beyond the process', async () => {
  const journal = openJournal<Entry>(undefined);
  await journal.keep({ id: 'a', n: 1 });
  expect(journal.entries).toEqual([]);
});

test('a closed journal keeps nothing more, and says so', async () => {
  const journal = open();
  await journal.keep({ id: 'a', n: 1 });
  await journal.close();
  await journal.forget('a');
  await expect(journal.keep({ id: 'b', n: 2 })).rejects.toThrow(/closed/);
  expect(open().entries).toEqual([{ id: 'a', n: 1 }]);
});
