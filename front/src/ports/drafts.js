// @ts-check
// The drafts of all rooms, in localStorage: kept for one server and one user, and one for all tabs of this browser.
import { createSlot } from './slot.js';

/** @param {{ server: string, user: () => string, trouble: (error: unknown) => void }} options user: the userId, empty while nobody knows it */
export function createDrafts({ server, user, trouble }) {
  /** @param {string} who @param {string} room */
  const keyOf = (who, room) => `hubbub.draft.${server}.${who}.${room}`;
  /** @param {string} who @param {string} room */
  const slotOf = (who, room) => createSlot(() => localStorage, keyOf(who, room), trouble);

  return {
    /** @param {string} room @returns {import('../ui/draft.js').Draft} */
    of: (room) => ({
      // What was begun before the first welcome has no owner yet.
      read: () => slotOf(user(), room).read() ?? slotOf('', room).read(),
      write(value) {
        slotOf(user(), room).write(value);
        if (user() !== '') slotOf('', room).write(null);
      },
      on(listener, signal) {
        const heard = (/** @type {StorageEvent} */ { key }) =>
          (key === null || key === keyOf(user(), room)) && listener();
        window.addEventListener('storage', heard, { signal });
      },
    }),
  };
}
