// JSON from outside: what AWS reads is read, what is deeper is refused before it is built.
import { expect, test } from '@jest/globals';
import { parseJson } from './parse-json.ts';

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test('1,000 levels are read, 1,001 are not, however they are made', () => {
  expect(parseJson(nested(1_000))).toBeInstanceOf(Array);
  for (const deep of [nested(1_001), '{"a":'.repeat(100_000), '['.repeat(5_000_000)])
    expect(() => parseJson(deep)).toThrow(SyntaxError);
});

test('brackets in a string, and side by side, are no levels', () => {
  const text = JSON.stringify(['['.repeat(2_000), '\\"'.repeat(999), ...Array(2_000).fill([{}])]);
  expect(parseJson(text)).toEqual(JSON.parse(text));
  expect(() => parseJson('{"a":1,}')).toThrow(SyntaxError);
});
