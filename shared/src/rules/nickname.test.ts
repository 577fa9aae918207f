// Nicknames: what is taken for the same folds to the same, what is different stays apart, and a suggestion is another.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { suggestNickname } from '../suggest-nickname.ts';
import { foldLookalikes } from './lookalikes.ts';
import { isGuestName, isNickname, normalizeNickname, truncateNickname } from './nickname.ts';

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
    ['a blank of Braille', 'A\u2800da'],
    ['a blank hieroglyph', 'Ada\u{13441}'],
    ['half a blank hieroglyph', 'Ada\u{13442}'],
    ['a blank note', 'Ada\u{1d159}'],
    ['the place of an object', 'A\ufffcda'],
    ['an annotation', 'Ada\ufff9'],
    ['a joiner of hieroglyphs', 'Ada\u{13430}'],
    ['a Kaithi number sign', 'Ada\u{110bd}'],
    ['full width', 'Ａｄａ'],
    ['mathematical letters', '𝐀𝐝𝐚'],
    ['accents', 'Ádá'],
    ['a heap of combining marks', `A${'\u0301'.repeat(200)}da`],
    ['a Cyrillic а', 'Adа'],
    ['a capital Cyrillic А', 'Аda'],
    ['a Greek α', 'αda'],
    ['a capital Greek Α', 'Αda'],
  ])('%s', (_, nickname) => {
    expect(foldLookalikes(nickname)).toBe('ada');
  });
});

test.each([
  ['a whole Cyrillic word that reads as a Latin one', 'Оскар', 'Ockap'],
  ['the dotless i', 'ılı', 'ili'],
  ['the ligature', 'ﬁn', 'fin'],
  ['inner white space', 'Ada\u2003 Byron', 'ada byron'],
  ['a capital i for an l', 'alice', 'aIice'],
  ['all capitals', 'alice', 'ALICE'],
  ['a capital i at the end', 'Bill', 'BilI'],
  ['a bar', 'Bill', 'Bi||'],
  ['a zero', 'Bob', 'B0b'],
  ['a one', 'paypal', 'paypa1'],
  ['r and n', 'modern', 'rnodern'],
  ['two v', 'Owen', 'Ovven'],
  ['three v in any way', 'vw', 'wv'],
  ['an Armenian letter', 'oscar', 'օscar'],
  ['a Lisu letter', 'ana', 'ꓮna'],
  ['a Cherokee letter', 'ana', 'Ꭺna'],
  ['a Coptic letter', 'coco', 'ⲥoco'],
  ['a small capital', 'ada', 'ᴀda'],
  ['a stroke', 'Lukasz', 'Łukasz'],
])('%s folds together', (_, one, other) => {
  expect(foldLookalikes(one)).toBe(foldLookalikes(other));
});

test.each([
  ['Ada', 'Bob'],
  ['Ada', 'Ada 2'],
  ['ada', 'eva'],
  ['tom', 'tim'],
  ['guest-1a2b', 'guest-0a2b'],
  ['李', '王'],
  ['👩‍💻', '👨‍🚀'],
])('%s and %s stay apart', (one, other) => {
  expect(foldLookalikes(one)).not.toBe(foldLookalikes(other));
});

const FAMILY = '👨‍👩‍👧';
const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('a nickname', () => {
  test.each([
    ['a word', 'Ada'],
    ['words of any script', 'Žofie שרה 李 😀'],
    ['32 letters', 'x'.repeat(32)],
    ['32 letters of four bytes', '😀'.repeat(32)],
    ['seven families', FAMILY.repeat(7)],
    ['32 letters with a mark each', 'e\u0301'.repeat(32)],
    ['a flag of tags', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
    ['a joiner between letters', 'का\u200dखा'],
    ['lookalikes, which are folded and not refused', 'Аdа'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['white space around it', ' Ada '],
  ])('may be %s', (_, nickname) => {
    expect(isNickname(nickname)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['white space', ' \u00a0\u3000'],
    ['a joiner alone', '\u200d'],
    ['a Hangul filler', '\u3164'],
    ['a mark on nothing', '\u0301'],
    ['a soft hyphen', '\u00ad'],
    ['33 letters', 'x'.repeat(33)],
    ['eight families: 144 bytes', FAMILY.repeat(8)],
    ['one letter under a heap of marks', `z${'\u0301'.repeat(64)}`],
    ['10,000 letters', 'x'.repeat(10_000)],
    ['10,000 families', FAMILY.repeat(10_000)],
    ['an override of direction', 'a\u202eb'],
    ['an embedding', 'a\u202ab'],
    ['an isolate', 'a\u2066b'],
    ['a left-to-right mark', 'a\u200eb'],
    ['an Arabic letter mark', 'a\u061cb'],
    ['a zero-width space', 'a\u200bb'],
    ['a word joiner', 'a\u2060b'],
    ['a byte-order mark', '\ufeffa'],
    ['a line break', 'a\nb'],
    ['a paragraph separator', 'a\u2029b'],
    ['a control character', 'a\u0000b'],
    ['half a surrogate pair', 'a\ud83d'],
    ['no text', 7],
    ['null', null],
    ['an object', { toString: () => 'Ada' }],
  ])('may not be %s', (_, nickname) => {
    expect(isNickname(nickname)).toBe(false);
  });

  test('cut to its length is one, and is left alone where it was', () => {
    for (const short of ['Ada', 'x'.repeat(32), FAMILY.repeat(7), '😀'.repeat(32)])
      expect(truncateNickname(short)).toBe(short);
    for (const long of ['x'.repeat(33), FAMILY.repeat(8), '李'.repeat(10_000)]) {
      expect(isNickname(truncateNickname(long))).toBe(true);
      expect(truncateNickname(long).endsWith('…')).toBe(true);
    }
    expect(bytes(truncateNickname(`z${'\u0301'.repeat(9_000)}`))).toBeLessThanOrEqual(128);
  });
});

test.each(['guest-1a2b', 'GUEST-', ' guеst\u2010x', 'guest\u2212x', 'g\u200duest-x'])(
  '%j reads as the name of a guest',
  (nickname) => expect(isGuestName(nickname)).toBe(true),
);

test.each(['guest', 'guests', 'my guest-1', 'Gast-1'])('%j does not', (nickname) => {
  expect(isGuestName(nickname)).toBe(false);
});

test.each(['__proto__', 'constructor', 'toString'])('%s is a name like any other', (nickname) => {
  expect(foldLookalikes(nickname)).not.toBe('');
  expect(foldLookalikes(nickname)).not.toBe(foldLookalikes(`${nickname}2`));
});

test('folding is done once: what is folded folds to itself, whatever it is', () => {
  for (const nickname of ['Оскар', 'ẞtraße', 'Ὀδυσσεύς', 'İstanbul', 'ﬁ', '𝐀', 'vwvv', 'mrn'])
    expect(foldLookalikes(foldLookalikes(nickname))).toBe(foldLookalikes(nickname));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 8 }), (text) => {
      expect(foldLookalikes(foldLookalikes(text))).toBe(foldLookalikes(text));
    }),
    { numRuns: 2_000 },
  );
});

test('capitals and small letters fold together, whatever their script', () => {
  for (const nickname of ['alice', 'Νίκος', 'Мария', 'Ծովինար', 'ᎠᏂᏴᏫᏯ', 'Łukasz'])
    expect(foldLookalikes(nickname.toUpperCase())).toBe(foldLookalikes(nickname.toLowerCase()));
});

test('what nobody can see folds to nothing', () => {
  expect(foldLookalikes('\u200b\u2060\u00ad ')).toBe('');
});

test('is shown composed, with single spaces and none around it', () => {
  expect(normalizeNickname('  A\u0301da \t Byron ')).toBe('Áda Byron');
});

describe('a suggestion', () => {
  test('is the same each time for a user, another for another, and folds apart', () => {
    expect(suggestNickname('Ada', 'u_1')).toMatch(/^Ada-\d{4}$/);
    expect(suggestNickname('Ada', 'u_1')).toBe(suggestNickname('Ada', 'u_1'));
    expect(suggestNickname('Ada', 'u_1')).not.toBe(suggestNickname('Ada', 'u_2'));
    expect(foldLookalikes(suggestNickname('Ada', 'u_1'))).not.toBe('ada');
  });

  test('for a suggestion has no second suffix, and is another', () => {
    const first = suggestNickname('Ada', 'u_1');
    expect(suggestNickname(first, 'u_1')).toMatch(/^Ada-\d{4}$/);
    expect(suggestNickname(first, 'u_1')).not.toBe(first);
  });

  test('is a nickname, whatever it is made of', () => {
    for (const nickname of ['x'.repeat(32), '👩‍💻'.repeat(11), '李'.repeat(32), '🏴‍☠️'.repeat(9)])
      expect(isNickname(suggestNickname(nickname, 'u_1'))).toBe(true);
  });
});
