// @ts-check
// How far each room was read, in localStorage: kept for one server and one user, shared by all tabs of this browser.
import { createLocalKeep } from './local-keep.js';

/** @typedef {{ read(room: string): number | null, write(room: string, seq: number): void,
 *   on(listener: (room: string | null) => void, signal: AbortSignal): void }} ReadCursors
 *   read: null if nothing is known; on: another tab wrote; null: any of them */

/**
 * A key for each room, so that no tab writes over what another has just written of another room.
 * @param {{ server: string, user: () => string, trouble: (error: unknown) => void }} options user: the userId
 * @returns {ReadCursors}
 */
export function createReadCursors({ server, user, trouble }) {
  const keep = createLocalKeep(`hubbub.read.${server}.`, trouble);
  /** @param {string} room */
  const nameOf = (room) => `${user()}.${room}`;

  return {
    read(room) {
      const cursor = keep.read(nameOf(room));
      return Number.isSafeInteger(cursor) && Number(cursor) >= 0 ? Number(cursor) : null;
    },
    write: (room, seq) => keep.write(nameOf(room), seq),
    on(listener, signal) {
      const heard = (/** @type {StorageEvent} */ { key }) => {
        const own = `hubbub.read.${server}.${user()}.`;
        if (key === null) listener(null);
        else if (key.startsWith(own)) listener(key.slice(own.length));
      };
      window.addEventListener('storage', heard, { signal });
    },
  };
}
