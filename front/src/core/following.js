// @ts-check
// What another device of mine did to a room is asked for, not believed: it is told late, or one thing before the other.

/**
 * @param {{ ask: ReturnType<typeof import('./doorway.js').createDoorway>['ask'], trouble: (error: unknown) => void }} ports
 * @returns {(room: string) => void} of one room the last question counts
 */
export function createFollowing({ ask, trouble }) {
  /** @type {Map<string, AbortController>} */
  const last = new Map();
  return (room) => {
    last.get(room)?.abort();
    const wanted = new AbortController();
    last.set(room, wanted);
    ask({ action: 'join', room, follow: true }, 'joined', wanted.signal)
      .catch((error) => wanted.signal.aborted || trouble(error))
      .finally(() => last.get(room) === wanted && last.delete(room));
  };
}
