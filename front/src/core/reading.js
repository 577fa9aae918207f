// @ts-check
// How far a room was told in order, and how far its readers are done: the cursor that outlives a restart.
import { createReaders } from './readers.js';

/** @typedef {import('./timeline.js').Stored} Stored */

/**
 * @param {{ key: string, keep: import('./identity.js').Keep, waits: boolean, unbrokenAfter: (seq: number) => number,
 *   moved: () => void }} ports
 *   waits: nothing counts as read while nobody reads; unbrokenAfter: up to where nothing is missing;
 *   moved: the cursor did
 */
export function createReading({ key, keep, waits, unbrokenAfter, moved }) {
  const readers = createReaders({ read: remember, waits });
  let toldTo = 0;
  let remembered = -1;
  /** Known, but not told in order yet. @type {Map<number, Stored>} */
  const untold = new Map();

  const doneTo = () => readers.doneTo(toldTo);

  function remember() {
    const done = doneTo();
    if (done === remembered) return;
    remembered = done;
    keep.write(key, done);
    moved();
  }

  return {
    doneTo,
    toldTo: () => toldTo,
    /** @returns {number | null} the cursor of an earlier life */
    kept() {
      const cursor = keep.read(key);
      return Number.isSafeInteger(cursor) ? Number(cursor) : null;
    },
    /** @param {number} seq begins anew after it */
    begin(seq) {
      toldTo = seq;
      untold.clear();
      remember();
    },
    /** @param {Stored} item @returns {boolean} whether it is to be told */
    add(item) {
      if (item.seq <= toldTo) return false;
      untold.set(item.seq, item);
      return true;
    },
    /** @param {number} seq nothing up to it will be told any more */
    skip(seq) {
      for (const one of untold.keys()) if (one <= seq) untold.delete(one);
      toldTo = Math.max(toldTo, seq);
    },
    /** Tells the readers what is next in order. */
    tell() {
      const end = unbrokenAfter(toldTo);
      const due = [...untold.values()].filter((item) => item.seq <= end);
      readers.tell(due.sort((a, b) => a.seq - b.seq));
      for (const item of due) untold.delete(item.seq);
      toldTo = Math.max(toldTo, end);
      remember();
    },
    /** Message by message, in order. */
    open: readers.open,
    close: readers.close,
  };
}
