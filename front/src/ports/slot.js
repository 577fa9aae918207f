// @ts-check
// One JSON value in the browser's storage; when the storage is full or forbidden the chat goes on without it.

/**
 * @param {() => Storage} storage asked at each use: merely touching it throws where cookies are blocked
 * @param {string} key @param {(error: unknown) => void} trouble told each failure
 */
export function createSlot(storage, key, trouble) {
  return {
    /** @returns {unknown} null when nothing sound is there */
    read() {
      try {
        return JSON.parse(storage().getItem(key) ?? 'null');
      } catch (error) {
        trouble(error);
        return null;
      }
    },
    /** @param {unknown} value null removes it */
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
