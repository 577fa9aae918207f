// @ts-check
// Names of rooms, as the server has them: what people type, folded, and the direct room of two users.

/** @param {string} typed */
export const foldRoom = (typed) =>
  typed.trim().normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, '-');

/** @param {string} one userId @param {string} other userId */
export const directRoom = (one, other) => `dm:${[one, other].sort().join(':')}`;

/** @param {string} room */
export const isDirect = (room) => room.startsWith('dm:');

/** @param {string} room a direct one @param {string} me @returns {string} the other's userId */
export const partnerOf = (room, me) =>
  room
    .slice('dm:'.length)
    .split(':')
    .find((userId) => userId !== me) ?? '';
