// The judges' list, and what becomes of a test whose judge is missing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withoutJudge } from './judges.ts';

test('every judge is pinned to one version', () => {
  const lines = readFileSync(join(import.meta.dirname, 'judges.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((line) => !/^[\w-]+(\[[\w,-]+\])?==\d+(\.\d+)+$/.test(line))).toEqual([]);
});

test.each([
  ['true', true, 'failed'],
  ['1', true, 'failed'],
  ['true', false, 'skipped'],
  ['false', true, 'skipped'],
  ['', true, 'skipped'],
  [undefined, true, 'skipped'],
])(
  'without its judge, where CI is %j and its installer here: %j, a test is %s',
  (ci, installer, is) => {
    expect(withoutJudge(ci, installer)).toBe(is);
  },
);
