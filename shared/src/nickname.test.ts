// Nicknames: what is taken for the same folds to the same, what is different stays apart, and a suggestion is another.

import { describe, expect, test } from '@jest/globals';
import { folded, shown, suggestion } from './nickname.ts';

describe('folds to the same as Ada', () => {
  test.each([
    ['case', 'ADA'],
    ['white space around it', '  Ada\u00a0'],
    ['a zero-width space', 'A\u200bda'],
    ['a zero-width joiner', 'Ad\u200da'],
    ['a soft hyphen', 'A\u00adda'],
    ['an override of direction', '\u202eAda'],
    ['an isolate', '\u2066Ada\u2069'],
    ['a variation selector', 'Ada\ufe0f'],
    ['full width', 'Ａｄａ'],
    ['mathematical letters', '𝐀𝐝𝐚'],
    ['accents', 'Ádá'],
    ['a heap of combining marks', `A${'\u0301'.repeat(200)}da`],
    ['a Cyrillic а', 'Adа'],
    ['a capital Cyrillic А', 'Аda'],
    ['a Greek α', 'αda'],
    ['a capital Greek Α', 'Αda'],
  ])('%s', (_, nickname) => {
    expect(folded(nickname)).toBe('ada');
  });
});

test.each([
  ['a whole Cyrillic word that reads as a Latin one', 'Оскар', 'Ockap'],
  ['the dotless i', 'ılı', 'ili'],
  ['the ligature', 'ﬁn', 'fin'],
  ['inner white space', 'Ada\u2003 Byron', 'ada byron'],
])('%s folds together', (_, one, other) => {
  expect(folded(one)).toBe(folded(other));
});

test.each([
  ['Ada', 'Bob'],
  ['Ada', 'Ada 2'],
  ['李', '王'],
  ['👩‍💻', '👨‍🚀'],
])('%s and %s stay apart', (one, other) => {
  expect(folded(one)).not.toBe(folded(other));
});

test.each(['__proto__', 'constructor', 'toString'])('%s is a name like any other', (nickname) => {
  expect(folded(nickname)).toBe(nickname.toLowerCase());
});

test('folding is done once: what is folded folds to itself', () => {
  for (const nickname of ['Оскар', 'ẞtraße', 'Ὀδυσσεύς', 'İstanbul', 'ﬁ', '𝐀'])
    expect(folded(folded(nickname))).toBe(folded(nickname));
});

test('what nobody can see folds to nothing', () => {
  expect(folded('\u200b\u2060\u00ad ')).toBe('');
});

test('is shown composed, with single spaces and none around it', () => {
  expect(shown('  A\u0301da \t Byron ')).toBe('Áda Byron');
});

describe('a suggestion', () => {
  test('is the same each time for a user, another for another, and folds apart', () => {
    expect(suggestion('Ada', 'u_1')).toMatch(/^Ada-\d{4}$/);
    expect(suggestion('Ada', 'u_1')).toBe(suggestion('Ada', 'u_1'));
    expect(suggestion('Ada', 'u_1')).not.toBe(suggestion('Ada', 'u_2'));
    expect(folded(suggestion('Ada', 'u_1'))).not.toBe('ada');
  });

  test('for a suggestion has no second suffix, and is another', () => {
    const first = suggestion('Ada', 'u_1');
    expect(suggestion(first, 'u_1')).toMatch(/^Ada-\d{4}$/);
    expect(suggestion(first, 'u_1')).not.toBe(first);
  });

  test('fits into 128 bytes, whatever it is made of', () => {
    for (const nickname of ['x'.repeat(32), '👩‍💻'.repeat(11), '李'.repeat(32)])
      expect(new TextEncoder().encode(suggestion(nickname, 'u_1')).length).toBeLessThanOrEqual(128);
  });
});
