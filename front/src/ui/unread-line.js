// @ts-check
// Where the unread begins: above the first message of somebody else that was not read before this room was opened.

/** @typedef {import('../core/timeline.js').Item} Item */

/** @param {number} readUpTo the seq read before; 0: nothing ever, and then all is new and no line says so */
export function createUnreadLine(readUpTo) {
  let from = readUpTo > 0 ? readUpTo : null;
  let seenTo = readUpTo;

  return {
    /** @param {number} seq in view, on a page that is looked at */
    seen(seq) {
      seenTo = Math.max(seenTo, seq);
    },
    /** While nobody looked; the line moves only if all that it headed was seen. @param {number} seq */
    missed(seq) {
      if (from === null || (seenTo > from && seq > seenTo)) from = Math.max(seenTo, seq - 1);
    },
    /** @param {Item[]} items @returns {Item | undefined} the one under the line */
    firstOf: (items) =>
      from === null
        ? undefined
        : items.find(({ seq, own }) => seq !== null && seq > Number(from) && !own),
  };
}
