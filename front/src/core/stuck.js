// @ts-check
// What was not sent and is not tried again by itself: it waits for its writer, who may be looking at another room.

/** @typedef {Pick<import('./timeline.js').Item, 'messageId' | 'state' | 'seq'>} Said */
/** @typedef {{ kind: 'place', item: Said } | { kind: 'remove', key: string }} Change */

/** @param {Pick<Said, 'state'>} item */
export const isStuck = ({ state }) => state === 'failed' || state === 'held';

/** @param {readonly Said[]} items as in a timeline: what is unsent stands at the end */
export const holdsStuck = (items) => items.at(-1)?.seq === null && items.some(isStuck);

/**
 * Tells when a message gets stuck while this page is there; one that was found so is no news.
 * @param {{ items(): readonly Said[], on(kind: 'changes', listener: (changes: readonly Change[]) => void): () => void }} room
 * @param {() => void} tell @returns {() => void} stops it
 */
export function hearStuck(room, tell) {
  /** @type {Set<string>} */
  const onTheWay = new Set();

  /** @param {Said} item @returns {boolean} whether it is news */
  function follow(item) {
    if (item.state !== 'pending') return onTheWay.delete(item.messageId) && isStuck(item);
    onTheWay.add(item.messageId);
    return false;
  }

  for (const item of room.items()) follow(item);
  return room.on('changes', (changes) => {
    for (const change of changes) {
      if (change.kind === 'remove') onTheWay.delete(change.key);
      else if (follow(change.item)) tell();
    }
  });
}
