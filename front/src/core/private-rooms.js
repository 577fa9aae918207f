// @ts-check
// Which rooms are private, as far as the server has told it: known before the welcome, and of a room that one is no longer in.

const KEPT = 200;

/**
 * @param {{ read(): unknown, write(value: unknown): void }} slot keeps the private rooms told last
 */
export function createPrivateRooms(slot) {
  const kept = slot.read();
  const rooms = new Set(
    (Array.isArray(kept) ? kept : []).filter((room) => typeof room === 'string'),
  );

  return {
    /** @param {string} room @param {'public' | 'private' | undefined} visibility undefined while it is not told */
    isPrivate(room, visibility) {
      const isPrivate = visibility === undefined ? rooms.has(room) : visibility === 'private';
      if (isPrivate === rooms.has(room)) return isPrivate;
      if (isPrivate) rooms.add(room);
      else rooms.delete(room);
      slot.write([...rooms].slice(-KEPT));
      return isPrivate;
    },
  };
}
