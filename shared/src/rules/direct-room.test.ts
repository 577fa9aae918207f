// Names of direct rooms: one for two people, whoever asks, and nothing else reads as one.

import { expect, test } from '@jest/globals';
import { directPeers, directRoom, isUserId } from './direct-room.ts';

test('two users have one room, whoever of them names it', () => {
  expect(directRoom('u_b', 'u_a')).toBe('dm:u_a:u_b');
  expect(directRoom('u_a', 'u_b')).toBe('dm:u_a:u_b');
  expect(directPeers('dm:u_a:u_b')).toEqual(['u_a', 'u_b']);
});

test.each([
  ['a room of many', 'lobby'],
  ['the ids in the other order', 'dm:u_b:u_a'],
  ['one id twice', 'dm:u_a:u_a'],
  ['one id', 'dm:u_a'],
  ['three ids', 'dm:u_a:u_b:u_c'],
  ['an empty id', 'dm::u_a'],
  ['an id with a character that none has', 'dm:u_a:u_b#0'],
])('%s is no direct room', (_, room) => {
  expect(directPeers(room)).toBeUndefined();
});

test.each(['', 'a:b', 'a#b', 'a b', 'x'.repeat(129), '\u202eabc', null, 7, {}])(
  '%p is no userId',
  (value) => expect(isUserId(value)).toBe(false),
);
