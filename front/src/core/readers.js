// @ts-check
// Those who read a room message by message: each gets all of them in order, and is done with one when it asks for the next.

/** @typedef {import('./timeline.js').Stored} Stored */
/** @typedef {{ queue: Stored[], held: Stored | null, wake: (() => void) | null }} Reader */

/** @param {{ read: () => void }} ports read: somebody is done with a message */
export function createReaders({ read }) {
  /** @type {Set<Reader>} */
  const readers = new Set();
  let isOver = false;

  /** @param {Reader} reader @returns {Promise<IteratorResult<Stored, undefined>>} */
  async function next(reader) {
    if (reader.held) {
      reader.held = null;
      read();
    }
    while (reader.queue.length === 0 && !isOver && readers.has(reader)) {
      await new Promise((resolve) => {
        reader.wake = () => resolve(null);
      });
    }
    const item = isOver ? undefined : reader.queue.shift();
    if (!item) return { done: true, value: undefined };
    reader.held = item;
    return { done: false, value: item };
  }

  return {
    /** @param {Stored[]} items the next ones, in order */
    tell(items) {
      for (const reader of readers) {
        reader.queue.push(...items);
        reader.wake?.();
      }
    },
    /** @param {number} told up to here all were told @returns {number} up to here every reader is done */
    doneTo(told) {
      const first = [...readers].map(({ held, queue }) => held ?? queue[0]);
      return Math.min(told, ...first.map((item) => (item ? item.seq - 1 : told)));
    },
    /** @returns {AsyncIterableIterator<Stored, undefined>} */
    open() {
      /** @type {Reader} */
      const reader = { queue: [], held: null, wake: null };
      readers.add(reader);
      return {
        next: () => next(reader),
        // Left in the middle of a message: it counts as not done, and comes again after a restart.
        async return() {
          readers.delete(reader);
          reader.wake?.();
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    close() {
      isOver = true;
      for (const reader of readers) reader.wake?.();
    },
  };
}
