// @ts-check
// The `#room=tea` of a link: it names a room and nothing else, and whoever is not in it is asked before joining.
import { foldRoom, isDirect } from './room-name.js';

/** @param {string} hash as of `location.hash` @returns {string | null} the room, folded */
export function roomOfHash(hash) {
  const typed = new URLSearchParams(hash.replace(/^#/, '')).get('room');
  if (!typed) return null;
  return isDirect(typed) ? typed : foldRoom(typed) || null;
}

/** @param {string} room */
export const hashOfRoom = (room) => `#${new URLSearchParams({ room })}`;
