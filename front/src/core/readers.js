// @ts-check
// Those who read a room message by message: each gets all of them in order, and is done with one when it asks for the next.

/** @typedef {import('./timeline.js').Stored} Stored */
/** @typedef {{ queue: Stored[], held: Stored | null, wake: (() => void) | null }} Reader */

/**
 * @param {{ read: () => void, waits: boolean }} ports read: somebody is done with a message;
 *   waits: while nobody reads, messages wait for the next who does
 */
export function createReaders({ read, waits }) {
  /** @type {Set<Reader>} */
  const readers = new Set();
  /** What nobody reads at present. @type {Reader | null} */
  let unread = null;
  if (waits) leave([]);
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

  /** @param {Stored[]} queue for the next who reads */
  function leave(queue) {
    unread = { queue, held: null, wake: null };
    readers.add(unread);
  }

  function enter() {
    /** @type {Reader} */
    const reader = unread ?? { queue: [], held: null, wake: null };
    unread = null;
    readers.add(reader);
    return reader;
  }

  /** Left in the middle of a message: it counts as not done, and comes again. @param {Reader} reader */
  function quit(reader) {
    if (!readers.delete(reader)) return;
    reader.wake?.();
    const queue = reader.held ? [reader.held, ...reader.queue] : reader.queue;
    if (waits && readers.size === 0) leave(queue);
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
      const reader = enter();
      return {
        next: () => next(reader),
        async return() {
          quit(reader);
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
