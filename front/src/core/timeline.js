// @ts-check
// The timeline of one room: stored messages by seq, unsent ones after them, told as changes keyed by messageId.
import { openingsOf } from './grouping.js';

/** @typedef {{ messageId: string, room: string, state: 'pending' | 'sent' | 'failed' | 'held', own: boolean,
 *   seq: number | null, userId: string, nickname: string, text: string, at: number, localAt: number, position: number,
 *   reason: string | null, code?: string }} Item
 *   reason, code: why it was refused, in the server's English and as the wire names it;
 *   at: server milliseconds once sent; localAt: this machine's, when written or heard; position: order of the unsent */
/** @typedef {Item & { seq: number }} Stored */
/** @typedef {{ kind: 'place', key: string, before: string | null, item: Item, opensDay: boolean, opensGroup: boolean }} Place
 *   key: the messageId; before: the key of the one that stands after it, null at the end. A known key moves. */
/** @typedef {Place | { kind: 'remove', key: string }} Change */

/** @param {Item} a @param {Item} b */
function follows(a, b) {
  if ((a.seq === null) !== (b.seq === null)) return a.seq === null;
  const [first, second] = a.seq === null ? [a.position, b.position] : [a.seq, b.seq ?? 0];
  return first === second ? a.messageId > b.messageId : first > second;
}

export function createTimeline() {
  /** @type {Item[]} */
  const order = [];
  /** @type {Map<string, Item>} */
  const byId = new Map();

  /** @param {number} at @returns {Place[]} */
  function shape(at) {
    const item = order[at];
    if (!item) return [];
    const before = order[at + 1]?.messageId ?? null;
    return [
      { kind: 'place', key: item.messageId, before, item, ...openingsOf(order[at - 1], item) },
    ];
  }

  /** @param {Item} item @returns {number} where it stands, or would */
  function placeOf(item) {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = order[middle];
      if (there && follows(item, there)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {Item} known @returns {Change[]} what became of the one that stood after it */
  function lift(known) {
    const at = placeOf(known);
    order.splice(at, 1);
    byId.delete(known.messageId);
    return shape(at);
  }

  /** @param {Item} item @returns {Change[]} */
  function put(item) {
    const known = byId.get(item.messageId);
    byId.set(item.messageId, item);
    if (known && known.seq === item.seq && known.position === item.position) {
      const at = placeOf(known);
      order[at] = item;
      return shape(at);
    }
    const lifted = known ? lift(known) : [];
    byId.set(item.messageId, item);
    const at = placeOf(item);
    order.splice(at, 0, item);
    return [...lifted, ...shape(at), ...shape(at + 1)];
  }

  /** @param {string} messageId @returns {Change[]} */
  function remove(messageId) {
    const known = byId.get(messageId);
    return known ? [{ kind: 'remove', key: messageId }, ...lift(known)] : [];
  }

  return {
    items: () => [...order],
    /** @param {string} messageId */
    find: (messageId) => byId.get(messageId),
    /** How many are stored. */
    size: () => placeOf(/** @type {Item} */ ({ seq: Number.MAX_SAFE_INTEGER })),
    /** @returns {Stored | null} the oldest that is stored */
    oldest() {
      const first = order[0];
      return first && first.seq !== null ? /** @type {Stored} */ (first) : null;
    },
    /** @param {Item} item an unsent one: new, failed or tried again @returns {Change[]} */
    write: (item) => (byId.get(item.messageId)?.state === 'sent' ? [] : put(item)),
    /** @param {Stored} item @returns {Change[]} none for a repeat */
    hear: (item) => (byId.get(item.messageId)?.state === 'sent' ? [] : put(item)),
    /** Given up by the user, or let go from memory. */
    remove,
    /** Everything stored goes; what is unsent stays. @returns {Change[]} */
    clear() {
      const stored = order.filter((item) => item.seq !== null);
      return stored.flatMap((item) => remove(item.messageId));
    },
  };
}
