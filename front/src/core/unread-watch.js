// @ts-check
// What is unread in each room, while rooms come and go, messages arrive, and other tabs read as well.
import { createEachRoom } from './each-room.js';
import { createListeners } from './listeners.js';
import { isDirect } from './room-name.js';
import { advanced, NOTHING, newestOf, totalOf, unreadOf } from './unread.js';

/** @typedef {import('./unread.js').Unread} Unread */
/** @typedef {import('./timeline.js').Item} Item */
/** @typedef {Pick<import('./room-face.js').RoomFace, 'items' | 'on'>} Room */
/** @typedef {{ rooms(): string[], room(name: string): Room, me(): { nickname: string },
 *   on: (kind: 'rooms', listener: (rooms: string[]) => void) => () => void }} Rooms */
/** @typedef {Pick<import('../ports/read-cursors.js').ReadCursors, 'read' | 'write'>} Cursors */
/** @typedef {{ unread: Unread, isCounted: boolean, isNew: boolean }} Known isNew: nothing of it was ever read here */

/** A busy room is counted so often, and no more. */
const SETTLE_MS = 100;

/**
 * @param {{ chat: Rooms, cursors: Cursors, clock: import('./line.js').Clock, came: (room: string, item: Item) => void,
 *   failed: (error: unknown) => void }} ports came: somebody else said this while this page was there
 */
export function createUnreadWatch({ chat, cursors, clock, came, failed }) {
  /** @type {ReturnType<typeof createListeners<{ changed: null }>>} */
  const listeners = createListeners(failed);
  /** @type {Map<string, Known>} */
  const rooms = new Map();
  let cancel = () => {};
  let isDue = false;

  /** @param {string} name what there is of it must be counted again */
  function touch(name) {
    const known = rooms.get(name);
    if (known) known.isCounted = false;
    if (isDue) return;
    isDue = true;
    cancel = clock.after(SETTLE_MS, () => {
      isDue = false;
      listeners.tell('changed', null);
    });
  }

  /** @param {string} name */
  function unread(name) {
    const known = rooms.get(name);
    if (!known) return NOTHING;
    if (known.isCounted) return known.unread;
    known.unread = unreadOf(chat.room(name).items(), cursors.read(name) ?? 0, chat.me().nickname);
    known.isCounted = true;
    return known.unread;
  }

  /** Of a room that is new here, what was said before is read; of what somebody wrote to me alone, nothing. @param {string} name */
  function changed(name) {
    const items = chat.room(name).items();
    const last = items.findLast(({ seq }) => seq !== null);
    const known = rooms.get(name);
    if (known?.isNew && last) {
      known.isNew = !isDirect(name);
      cursors.write(name, isDirect(name) ? 0 : newestOf(items));
      if (isDirect(name) && !last.own) came(name, last);
    }
    touch(name);
  }

  /** @param {string} name @param {Item & { seq: number }} item */
  function arrived(name, item) {
    const known = rooms.get(name);
    if (known?.isNew) {
      known.isNew = false;
      cursors.write(name, Math.max(cursors.read(name) ?? 0, item.seq - 1));
    }
    came(name, item);
  }

  /** @param {string} name */
  function forget(name) {
    rooms.delete(name);
    touch(name);
  }

  const each = createEachRoom(chat, (room, name) => {
    rooms.set(name, { unread: NOTHING, isCounted: false, isNew: cursors.read(name) === null });
    const stops = [
      room.on('arrived', (item) => arrived(name, item)),
      room.on('changes', () => changed(name)),
      () => forget(name),
    ];
    changed(name);
    return stops;
  });
  const stop = chat.on('rooms', each.review);
  each.review();

  return {
    unread,
    total: () => totalOf([...rooms.keys()].map(unread)),
    /** @param {string} name @returns {number} the last seq read; beyond all there is if the room is new here */
    readUpTo: (name) => cursors.read(name) ?? Number.MAX_SAFE_INTEGER,
    /** @param {string} name @param {number} seq and all before it */
    read(name, seq) {
      const known = rooms.get(name);
      const cursor = cursors.read(name) ?? 0;
      const next = advanced(cursor, seq, newestOf(chat.room(name).items()));
      if (known) known.isNew = false;
      if (next === cursor) return;
      cursors.write(name, next);
      touch(name);
    },
    touch,
    /** Something was read, or is new. @param {() => void} listener @returns {() => void} stops it */
    on: (listener) => listeners.on('changed', listener),
    close() {
      stop();
      each.stop();
      cancel();
    },
  };
}
