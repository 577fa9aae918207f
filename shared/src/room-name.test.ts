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
])('%p is no room', (typed) => expect(isRoomName(foldRoom(typed))).toBe(false));

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
