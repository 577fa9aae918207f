// @ts-check
// Where the unread begins: above the first message of somebody else that nobody has looked at here. What one watches arrive is read.

/** @typedef {import('../core/timeline.js').Item} Item */

/**
 * @param {number} readUpTo the seq read before; 0: nothing ever, and then all is new and no line says so;
 *   `Number.MAX_SAFE_INTEGER`: the room is new here, and what was said before counts as read
 */
export function createUnreadLine(readUpTo) {
  const known = readUpTo === Number.MAX_SAFE_INTEGER ? 0 : readUpTo;
  let from = known > 0 ? known : null;
  let seenTo = known;

  /** @param {readonly Item[]} items @returns {Item | undefined} the one under the line */
  const firstOf = (items) =>
    from === null
      ? undefined
      : items.find(({ seq, own }) => seq !== null && seq > Number(from) && !own);

  return {
    firstOf,
    /** @param {number} seq in view, on a page that is looked at */
    seen(seq) {
      seenTo = Math.max(seenTo, seq);
    },
    /** It came into view on a page that is looked at. The line stays only if something above it was missed. @param {number} seq @param {readonly Item[]} items */
    watched(seq, items) {
      const first = firstOf(items)?.seq ?? seq;
      if (from !== null && first >= seq) from = Math.max(from, seq);
    },
    /** While nobody looked; the line moves only if all that it headed was seen. @param {number} seq */
    missed(seq) {
      if (from === null || (seenTo > from && seq > seenTo)) from = Math.max(seenTo, seq - 1);
    },
    /** Who answers has read what is above. @param {readonly Item[]} items */
    answered(items) {
      const last = items.findLast(({ seq, own }) => own && seq !== null)?.seq ?? 0;
      if (from !== null) from = Math.max(from, last);
    },
  };
}
