// Room names: every spelling of a room is one room, and no spelling is more than a name.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldRoom, isRoomName } from './room-name.ts';

test.each([
  ['Tea Room', 'tea-room'],
  ['  tea   room ', 'tea-room'],
  ['ＴＥＡ', 'tea'],
  ['ﬁne', 'fine'],
  ['ÄÖ', 'äö'],
  ['A\u0308', 'ä'],
  ['茶', '茶'],
  ['हिन्दी', 'हिन्दी'],
  ['العَرَبِيَّة', 'العَرَبِيَّة'.normalize('NFC')],
  ['İstanbul', 'istanbul'],
  ['I\u0307stanbul', 'istanbul'],
  ['Iğdır', 'iğdır'],
  ['ไทย น้ำ', 'ไทย-น้ำ'],
  ['ພາສາລາວ ຳ ໜ', 'ພາສາລາວ-ຳ-ໜ'],
  ['བོད་ཡིག'.replaceAll('\u0f0b', ' '), 'བོད-ཡིག'],
  ['\u1112\u1161\u11ab\u1100\u1173\u11af', '한글'],
  ['ㅋㅋ', 'ㅋㅋ'],
  ['ｶﾞ', 'ガ'],
  ['שָׁלוֹם', 'שָׁלוֹם'.normalize('NFC')],
  ['ΟΔΟΣ', 'οδος'],
  ['Straße', 'straße'],
  ['Tiếng Việt'.normalize('NFD'), 'tiếng-việt'],
  ['မြန်မာ ကြွေး မျှော်', 'မြန်မာ-ကြွေး-မျှော်'],
  ['ខ្មែរ', 'ខ្មែរ'],
  ['தமிழ்', 'தமிழ்'],
  ['ශ්\u200dරී', 'ශ්\u200dරී'],
  ['র\u200d্যাব', 'র\u200d্যাব'],
  ['می\u200cخواهم', 'می\u200cخواهم'],
  ['ᠮᠣᠩᠭᠣᠯ\u180b', 'ᠮᠣᠩᠭᠣᠯ\u180b'],
  ['नमस्ते_२', 'नमस्ते_२'],
])('%p is the room %p', (typed, room) => {
  expect(foldRoom(typed)).toBe(room);
  expect(isRoomName(room)).toBe(true);
});

test.each([
  '',
  ' ',
  '__proto__',
  '-tea',
  'tea#0',
  'dm:a:b',
  'room:tea',
  't\u202eea',
  't\u200bea',
  't\u0000ea',
  '../tea',
  'x'.repeat(65),
  '😀',
  '\u0301tea',
  'tea-\u0301',
  '1\u0301',
  '1\u20e3',
  'a\u20dd',
  'tea\ufe0f',
  'te\u034fa',
  'te\u{13441}a',
  'te\u200da',
  'te\u200ca',
  '\u200dक',
  'क\u200d\u200d',
  'क-\u200dख',
  '\u3164',
  'a\u115f',
  `z${'\u0316'.repeat(5)}`,
  `क${'्\u200d'.repeat(5)}`,
  `က${'ာ'.repeat(9)}`,
])('%p is no room', (typed) => expect(isRoomName(foldRoom(typed))).toBe(false));

test('a name from before marks were allowed is the same name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (typed) => {
      const before = typed.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
      fc.pre(/^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(before));
      fc.pre(before === before.toLowerCase().normalize('NFKC'));
      expect(foldRoom(before)).toBe(before);
    }),
    { numRuns: 2000 },
  );
});

test('a name takes linear time', () => {
  for (const typed of ['क्'.repeat(4_000), '\u200d'.repeat(8_000), `${'a_'.repeat(4_000)}!`])
    expect(isRoomName(foldRoom(typed))).toBe(false);
});

test('folding a folded name changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (typed) => {
      const room = foldRoom(typed);
      fc.pre(isRoomName(room));
      expect(foldRoom(room)).toBe(room);
    }),
    { numRuns: 2000 },
  );
});
