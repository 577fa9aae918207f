// Which rooms are private is known before the server has told it again, and of a room that one is no longer in.
import { expect, test } from '@jest/globals';
import { createPrivateRooms } from '../../front/src/core/private-rooms.js';

function slotWith(kept: unknown) {
  const written: unknown[] = [];
  let value = kept;
  return {
    written,
    read: () => value,
    write(next: unknown) {
      value = next;
      written.push(next);
    },
  };
}

test('a private room stays private until the server says otherwise, after a reload too', () => {
  const slot = slotWith(null);
  const before = createPrivateRooms(slot);
  expect(before.isPrivate('den', undefined)).toBe(false);
  expect(before.isPrivate('den', 'private')).toBe(true);
  expect(before.isPrivate('den', undefined)).toBe(true);
  const after = createPrivateRooms(slot);
  expect(after.isPrivate('den', undefined)).toBe(true);
  expect(after.isPrivate('tea', undefined)).toBe(false);
  expect(after.isPrivate('den', 'public')).toBe(false);
  expect(createPrivateRooms(slot).isPrivate('den', undefined)).toBe(false);
});

test('nothing is written where nothing changed', () => {
  const slot = slotWith(['den']);
  const rooms = createPrivateRooms(slot);
  rooms.isPrivate('den', 'private');
  rooms.isPrivate('tea', 'public');
  expect(slot.written).toEqual([]);
});

test.each([[null], ['den'], [{ den: true }], [[1, null]]])('kept as %j, it knows none', (kept) => {
  expect(createPrivateRooms(slotWith(kept)).isPrivate('den', undefined)).toBe(false);
});
