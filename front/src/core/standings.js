// @ts-check
// What one is in the rooms one hears, and which of them are private: as the welcome says, and each join after it.
import { isDirect } from './room-name.js';

/** @typedef {import('../../../shared/src/protocol/frames.ts').Visibility} Visibility */
/** @typedef {import('../../../shared/src/protocol/frames.ts').Role} Role */
/** @typedef {{ visibility: Visibility, role: Role }} Standing */

export function createStandings() {
  /** @type {Map<string, Standing>} */
  let known = new Map();

  return {
    /** @param {import('./frame.js').Welcome} frame the rooms of now, all of them */
    welcome({ heads, private: roles = {} }) {
      const named = Object.keys(heads).filter((room) => !isDirect(room));
      known = new Map(
        named.map((room) => {
          const role = Object.hasOwn(roles, room) ? roles[room] : undefined;
          return [room, { visibility: role ? 'private' : 'public', role: role ?? 'member' }];
        }),
      );
    },
    /** @param {import('./frame.js').Joined} frame */
    joined({ room, visibility, role = 'member' }) {
      if (visibility) known.set(room, { visibility, role });
    },
    /** @param {string} room */
    forget: (room) => void known.delete(room),
    /** @param {string} room @returns {Standing | undefined} */
    of: (room) => known.get(room),
  };
}
