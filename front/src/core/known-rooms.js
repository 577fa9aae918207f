// @ts-check
// Which rooms and direct conversations there were last: they open before any server has answered.

const KEY = 'rooms';
/** As the server has them: 50 rooms and 50 direct conversations whose heads it tells, and some that were only begun. */
const KEPT = 200;

/** @param {import('./identity.js').Keep} keep the user's own */
export function createKnownRooms(keep) {
  return {
    /** @returns {string[]} as far as what is kept is sound */
    read() {
      const kept = keep.read(KEY);
      return (Array.isArray(kept) ? kept : []).filter((name) => typeof name === 'string');
    },
    /** @param {string[]} rooms */
    write: (rooms) => keep.write(KEY, rooms.slice(0, KEPT)),
  };
}
