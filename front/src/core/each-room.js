// @ts-check
// Listens in every room there is, in those that come later too, and no more in those that are gone.

/**
 * @template Room
 * @param {{ rooms(): string[], room(name: string): Room }} chat
 * @param {(room: Room, name: string) => (() => void)[]} listen answers what stops it
 */
export function createEachRoom(chat, listen) {
  /** @type {Map<string, (() => void)[]>} */
  const heard = new Map();

  /** @param {string} name */
  function forget(name) {
    for (const stop of heard.get(name) ?? []) stop();
    heard.delete(name);
  }

  return {
    /** Rooms have come or gone. */
    review() {
      const names = new Set(chat.rooms());
      for (const name of heard.keys()) if (!names.has(name)) forget(name);
      for (const name of names)
        if (!heard.has(name)) heard.set(name, listen(chat.room(name), name));
    },
    stop() {
      for (const name of [...heard.keys()]) forget(name);
    },
  };
}
