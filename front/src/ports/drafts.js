// @ts-check
// The drafts of all rooms, in localStorage: kept for one server and one user, and one for all tabs of this browser.
import { createLocalSlot } from './slot.js';

/** @param {{ server: string, user: () => string, trouble: (error: unknown) => void }} options user: the userId, empty while nobody knows it */
export function createDrafts({ server, user, trouble }) {
  /** @param {string} who @param {string} room */
  const keyOf = (who, room) => `hubbub.draft.${server}.${who}.${room}`;
  /** @param {string} who @param {string} room */
  const slotOf = (who, room) => createLocalSlot(keyOf(who, room), trouble);
  /** Rooms where nobody's draft has found its owner. @type {Set<string>} */
  const taken = new Set();
  const news = new EventTarget();

  /** @param {string} room */
  function takeOver(room) {
    const who = user();
    if (who === '' || taken.has(room)) return;
    taken.add(room);
    const nobodys = slotOf('', room).read();
    if (typeof nobodys !== 'string') return;
    const slot = slotOf(who, room);
    const own = slot.read();
    const both = typeof own === 'string' ? `${own}\n${nobodys}` : nobodys;
    slot.write(both);
    // A full storage keeps it where it was.
    if (slot.read() === both) slotOf('', room).write(null);
    news.dispatchEvent(new Event(room));
  }

  return {
    /**
     * What was begun there before anybody knew who writes goes behind what the user had begun themselves: once, at
     * the latest when their draft is first read. Nothing happens while the user is unknown.
     */
    takeOver,
    /** @param {string} room @returns {import('../ui/draft.js').Draft} */
    of: (room) => ({
      read() {
        takeOver(room);
        return slotOf(user(), room).read();
      },
      write(value) {
        takeOver(room);
        slotOf(user(), room).write(value);
      },
      on(listener, signal) {
        const heard = (/** @type {StorageEvent} */ { key }) =>
          (key === null || key === keyOf(user(), room)) && listener();
        window.addEventListener('storage', heard, { signal });
        news.addEventListener(room, listener, { signal });
      },
    }),
  };
}
