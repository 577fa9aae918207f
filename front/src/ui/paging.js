// @ts-check
// Fetches older pages as the reader comes near the oldest row; what comes is inserted while the log is busy, so nobody reads it out.

/** So many answers in a row that brought nothing mean that there is no room for more. */
const STALLS = 2;

/**
 * @param {{ room: Pick<import('../core/room-face.js').RoomFace, 'items' | 'older' | 'newest'>, log: HTMLElement,
 *   words: import('./log-frame.js').Words, above: (words: string) => void, arrived: () => void }} options
 *   log: marked busy; above: says it over the oldest row; arrived: a page is there
 */
export function createPaging({ room, log, words, above, arrived }) {
  let isAsking = false;
  let hasPaged = false;
  let stalls = 0;
  /** @type {string | undefined | null} the oldest row above which there is nothing to have */
  let end = null;

  const oldest = () => room.items()[0]?.messageId;

  /** @param {boolean} more @param {string | undefined} before */
  function answered(more, before) {
    isAsking = false;
    stalls = more && oldest() === before ? stalls + 1 : 0;
    end = !more || stalls >= STALLS ? oldest() : null;
    if (end === null) above('');
    else above(more ? words.noRoom : words.beginning);
    arrived();
  }

  return {
    /** Whether a page is on its way. */
    isAsking: () => isAsking,
    older() {
      const before = oldest();
      if (isAsking || (end !== null && end === before)) return;
      isAsking = true;
      hasPaged = true;
      log.setAttribute('aria-busy', 'true');
      above(words.older);
      // It is never rejected: a line that is down only makes it late.
      void room.older().then((more) => answered(more, before));
    },
    /** The rows of what was asked for are there. */
    settled() {
      if (!isAsking) log.removeAttribute('aria-busy');
    },
    /** The newest is in view: what was fetched above may go. */
    newest() {
      if (!hasPaged || isAsking) return;
      hasPaged = false;
      stalls = 0;
      room.newest();
    },
  };
}
