// Lookalikes: a list of looks and what they are taken for, and of names that are different words to those who read them.

import { expect, test } from '@jest/globals';
import { foldLookalikes } from './lookalikes.ts';

test.each([
  ['Cherokee', 'ᏚuppᎾrt', 'support'],
  ['Cherokee, most of it', 'ᎪᎠᎷᏆN', 'admin'],
  ['Lisu', 'ꓮꓒꓟꓲꓠ', 'admin'],
  ['Coptic', 'ⲥⲟⲥⲟ', 'coco'],
  ['Deseret', '𐐄𐑃', 'ol'],
  ['Armenian', 'օսռ', 'oun'],
  ['Georgian', 'rჿჿt', 'root'],
  ['Greek', 'ΑΒΕΖΙΚΜΟΡΤΧ', 'ABEZIKMOPTX'],
  ['Cyrillic', 'АВЕКМОРСТХ', 'ABEKMOPCTX'],
  ['Canadian syllabics', 'ᗪᗩVE', 'dᗩve'],
  ['Hebrew samekh', 'rססt', 'root'],
  ['Arabic alef and digits', 'اobby', 'lobby'],
  ['Devanagari, Thai and other zeros', 'r०๐t', 'root'],
  ['Old Italic', '𐌀𐌁', '𐌀b'],
  ['Latin with a stroke, of every kind', 'Ⱥda', 'ada'],
  ['stroked o, d, h, l and t', 'ØĐĦŁŦ', 'odhlt'],
  ['hooks and tails', 'ɓɗɖƙɲʂ', 'bddkns'],
  ['barred letters', 'ƀɵɨʉ', 'boiu'],
  ['Cyrillic with a descender', 'ңқҳ', 'нкх'],
  ['small capitals', 'ᴀᴅᴍɪɴ', 'admin'],
  ['modifier letters', 'ᵃᵈᵐᶦⁿ', 'admin'],
  ['full width', 'ａｄｍｉｎ', 'admin'],
  ['mathematical letters', '𝓪𝕕𝚖𝗂𝐧', 'admin'],
  ['circled letters', 'ⓐⓓⓜⓘⓝ', 'admin'],
  ['a Roman numeral', 'Ⅼobby', 'lobby'],
  ['an overlay', 'a\u0336d\u0338a\u20dd', 'ada'],
  ['a Thai mark on a Latin letter', 'adaั', 'ada'],
  ['the euro', '€va', 'eva'],
  ['kana and ideograph', 'へ口', 'ヘロ'],
  ['Arabic and Persian yeh and kaf', 'علي ك', 'علی ک'],
  ['Hebrew points', 'שָׁלוֹם', 'שלום'],
  ['Arabic vowels', 'العَرَبِيَّة', 'العربية'],
  ['a joiner', 'می\u200cخواهم', 'میخواهم'],
  ['a dot on a dotless i', 'ı\u0307stanbul', 'istanbul'],
  ['the Turkish capital', 'İSTANBUL', 'ıstanbul'],
  ['a sharp s', 'STRASSE', 'straße'],
  ['syllables typed as jamo', '\u1112\u1161\u11ab', '한'],
])('%s: %s is taken for %s', (_, look, target) => {
  expect(foldLookalikes(look)).toBe(foldLookalikes(target));
});

const DASHES = '-_.,~·‐‑‒–—―−﹘－＿﹍‿⁀ー－─一ㅡ㇐ㄧ⁃˗➖Ⲻ۔․・•‧ꓸ \u00a0\u2003\u3000';
test.each([...DASHES])('%j separates as - does', (separator) => {
  expect(foldLookalikes(`guest${separator}a`)).toBe('guest-a');
  expect(foldLookalikes(`guest${separator}${separator}a`)).toBe('guest-a');
});

test.each([
  ['राम', 'रमा'],
  ['की', 'के'],
  ['ไทย', 'ทย'],
  ['ดี', 'ตี'],
  ['བོད', 'བད'],
  ['ばば', 'ぱぱ'],
  ['سلام', 'شلام'],
  ['لڑکے', 'لڑکی'],
  ['کھا', 'کہا'],
  ['그', '기'],
  ['土', '士'],
  ['தி', 'தீ'],
  ['2021-1-11', '2021-11-1'],
])('%s and %s stay apart', (one, other) => {
  expect(foldLookalikes(one)).not.toBe(foldLookalikes(other));
});

test('folding twice changes nothing, of any character after any kind of letter', () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0x2ffff; code += 1)
    for (const before of ['', 'あ', 'ก', '\u1100']) {
      const once = foldLookalikes(before + String.fromCodePoint(code));
      if (foldLookalikes(once) !== once) wrong.push(once);
    }
  expect(wrong).toEqual([]);
});
