// @ts-check
// One JSON value in the browser's storage; when the storage is full or forbidden the chat goes on without it.
import { NotKept } from './not-kept.js';

/** @typedef {{ read(): unknown, write(value: unknown): void }} Slot read: null when nothing sound is there; write: null removes it */

/**
 * @param {() => Storage} storage asked at each use: merely touching it throws where cookies are blocked
 * @param {string} key @param {(error: unknown) => void} trouble told each failure; a SyntaxError if what is there is not JSON
 * @returns {Slot}
 */
export function createSlot(storage, key, trouble) {
  return {
    read() {
      try {
        return JSON.parse(storage().getItem(key) ?? 'null');
      } catch (error) {
        trouble(error);
        return null;
      }
    },
    write(value) {
      try {
        if (value === null) storage().removeItem(key);
        else storage().setItem(key, JSON.stringify(value));
      } catch (error) {
        trouble(error);
      }
    },
  };
}

/** In localStorage. @param {string} key @param {(error: unknown) => void} trouble told a NotKept where the storage fails */
export const createLocalSlot = (key, trouble) =>
  createSlot(
    () => localStorage,
    key,
    (error) => trouble(error instanceof SyntaxError ? error : new NotKept('local', error)),
  );
