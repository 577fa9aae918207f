// Event patterns against AWS's own matcher: the shared vectors, and the quirks they hold.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { compile } from './pattern.ts';

interface Vector {
  pattern: unknown;
  event: object;
  expected: 'match' | 'no match' | 'invalid pattern';
}

const VECTORS = new URL('../../../shared/vectors/event-patterns.json', import.meta.url);

const BASE = {
  version: '0',
  id: '1',
  source: 'chat.api',
  'detail-type': 'MessageSent',
  account: '000000000000',
  time: '2025-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:a', 'arn:b'],
};

function verdict(pattern: unknown, event: unknown): Vector['expected'] {
  let matches: (event: unknown) => boolean;
  try {
    matches = compile(pattern);
  } catch (error) {
    expect(error).toMatchObject({ code: 'InvalidEventPatternException', status: 400 });
    return 'invalid pattern';
  }
  return matches(event) ? 'match' : 'no match';
}

const shared = existsSync(VECTORS) ? test : test.skip;

shared('every vector computed by AWS event-ruler gets the same verdict', () => {
  const { base, vectors } = JSON.parse(readFileSync(VECTORS, 'utf8')) as {
    base: object;
    vectors: Vector[];
  };
  expect(vectors.length).toBeGreaterThan(2900);
  const wrong = vectors.filter(
    ({ pattern, event, expected }) => verdict(pattern, { ...base, ...event }) !== expected,
  );
  expect(wrong).toEqual([]);
});

describe('a pattern', () => {
  const cases: [string, unknown, object, Vector['expected']][] = [
    ['source and type', { source: ['chat.api'], 'detail-type': ['MessageSent'] }, {}, 'match'],
    ['any array element', { resources: ['arn:b'] }, {}, 'match'],
    ['a number is not its digits', { detail: { f: [1] } }, { detail: { f: '1' } }, 'no match'],
    ['anything-but needs a value', { detail: { f: [{ 'anything-but': 1 }] } }, {}, 'no match'],
    ['a missing field', { detail: { f: [{ exists: false }] } }, { detail: {} }, 'match'],
    ['an inherited name', { detail: { constructor: [{ exists: true }] } }, {}, 'no match'],
    ['a dotted key', { detail: { 'a.b': [1] } }, { detail: { a: { b: 1 } } }, 'match'],
    ['an operator nobody knows', { source: [{ sounds: 'like' }] }, {}, 'invalid pattern'],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }, {}, 'invalid pattern'],
    ['a bare string', { source: 'chat.api' }, {}, 'invalid pattern'],
    ['nothing', null, {}, 'invalid pattern'],
    ['wildcard **', { source: [{ wildcard: 'a**b' }] }, {}, 'invalid pattern'],
    ['wildcard \\n', { source: [{ wildcard: 'a\\n' }] }, {}, 'invalid pattern'],
    ['overlap', { source: [{ wildcard: 'chat.a*api' }] }, {}, 'no match'],
    ['empty range', { detail: { f: [{ numeric: ['>', 5, '<', 5] }] } }, {}, 'invalid pattern'],
    ['upper first', { detail: { f: [{ numeric: ['<', 5, '>', 1] }] } }, {}, 'invalid pattern'],
    ['half a term', { detail: { f: [{ numeric: ['>'] }] } }, {}, 'invalid pattern'],
    ['mixed list', { source: [{ 'anything-but': ['a', 1] }] }, {}, 'invalid pattern'],
    ['mask of 33', { detail: { f: [{ cidr: '10.0.0.0/33' }] } }, {}, 'invalid pattern'],
    ['exists: "yes"', { source: [{ exists: 'yes' }] }, {}, 'invalid pattern'],
  ];
  test.each(cases)('%s', (_, pattern, event, expected) => {
    expect(verdict(pattern, { ...BASE, ...event })).toBe(expected);
  });

  test('keeps to one element of an array of objects', () => {
    const pattern = { detail: { users: { id: ['ann'], role: ['owner'] } } };
    const event = (users: object[]) => ({ ...BASE, detail: { users } });
    const [ann, bob] = [
      { id: 'ann', role: 'guest' },
      { id: 'bob', role: 'owner' },
    ];
    expect(verdict(pattern, event([ann, bob]))).toBe('no match');
    expect(verdict(pattern, event([ann, { ...ann, role: 'owner' }]))).toBe('match');
  });

  test('takes the later of two fields where $or names one again', () => {
    const branches = [{ a: [9] }, { b: [1] }];
    const event = { ...BASE, detail: { a: 9 } };
    expect(verdict({ detail: { a: [1], $or: branches } }, event)).toBe('match');
    expect(verdict({ detail: { $or: branches, a: [1] } }, event)).toBe('no match');
  });

  test('with too many combinations of $or is refused', () => {
    const pair = (name: string) => ({ $or: [{ [name]: [1] }, { [name]: [2] }] });
    const nested = (depth: number): object =>
      depth === 0 ? pair('leaf') : { ...pair(`f${depth}`), [`n${depth}`]: nested(depth - 1) };
    expect(verdict(nested(8), {})).toBe('no match');
    expect(verdict(nested(10), {})).toBe('invalid pattern');
  });
});
