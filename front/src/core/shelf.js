// @ts-check
// The shelf of the outbox: the unsent messages in memory and, one write after the other, in the store.
import { inOrder, readEntries } from './outbox-entry.js';

/** @typedef {import('./outbox-entry.js').Entry} Entry */

/**
 * @param {{ store: import('./outbox-entry.js').OutboxStore, stored: () => void, trouble: (error: unknown) => void }} ports
 *   stored: the store changed; trouble: the store failed, and memory goes on without it
 */
export function createShelf({ store, stored, trouble }) {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  // What the store does not have (yet, or because it failed): reading the store again must not lose it.
  /** @type {Map<string, Entry>} */
  const unwritten = new Map();
  /** Gone here while the store still tells of them. @type {Set<string>} */
  const gone = new Set();
  let position = 0;
  /** @type {Promise<void>} */
  let writing = Promise.resolve();

  /** @param {() => Promise<void>} turn @returns {Promise<boolean>} whether the store did it; never rejects */
  function inTurn(turn) {
    const kept = writing.then(turn).then(
      () => true,
      (error) => {
        trouble(error);
        return false;
      },
    );
    writing = kept.then(() => {});
    return kept;
  }

  return {
    list: () => [...entries.values()].sort(inOrder),
    /** @param {string} messageId */
    get: (messageId) => entries.get(messageId),
    /** @param {number} now milliseconds @returns {number} behind all that was written so far */
    nextPosition(now) {
      position = Math.max(position + 1, now);
      return position;
    },
    /** @param {Entry} entry */
    set: (entry) => void entries.set(entry.messageId, entry),
    /** Into the store; the promise is kept when it is there, or when the store has failed. @param {Entry} entry */
    async keep(entry) {
      unwritten.set(entry.messageId, entry);
      const kept = await inTurn(() => store.put(entry));
      if (!kept) return;
      if (unwritten.get(entry.messageId) === entry) unwritten.delete(entry.messageId);
      stored();
    },
    /** Out of memory at once, out of the store in turn. @param {string} messageId */
    drop(messageId) {
      entries.delete(messageId);
      unwritten.delete(messageId);
      gone.add(messageId);
      void inTurn(() => store.remove(messageId)).then((kept) => {
        if (!kept) return;
        gone.delete(messageId);
        stored();
      });
    },
    /**
     * Reads the store again. The promise is kept even if it cannot be read.
     * @returns {Promise<{ changed: Entry[], lost: Entry[] }>} changed: new or different; lost: another tab removed them
     */
    async read() {
      /** @type {unknown[]} */
      let found = [];
      const known = await inTurn(async () => {
        found = await store.load();
      });
      if (!known) return { changed: [], lost: [] };
      const sound = readEntries(found);
      for (const one of sound) position = Math.max(position, one.position);
      const foreign = sound.filter(
        ({ messageId }) => !gone.has(messageId) && !unwritten.has(messageId),
      );
      const changed = foreign.filter(
        (one) => JSON.stringify(entries.get(one.messageId)) !== JSON.stringify(one),
      );
      const ids = new Set(sound.map((one) => one.messageId));
      const lost = [...entries.values()].filter(
        ({ messageId }) => !ids.has(messageId) && !unwritten.has(messageId),
      );
      for (const one of changed) entries.set(one.messageId, one);
      for (const one of lost) entries.delete(one.messageId);
      return { changed, lost };
    },
    /** Kept once nothing is being written. */
    settled: () => writing,
  };
}
