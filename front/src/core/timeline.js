// @ts-check
// The timeline of one room: stored messages by seq, unsent ones after them, told as changes keyed by messageId.

/** @typedef {{ messageId: string, state: 'pending' | 'sent' | 'failed', own: boolean, seq: number | null,
 *   userId: string, nickname: string, text: string, at: number, localAt: number, reason: string | null }} Item
 *   at: server milliseconds once sent; localAt: this machine's, when written or heard */
/** @typedef {{ kind: 'place', item: Item, beforeId: string | null, opensDay: boolean, opensGroup: boolean }} Place */
/** @typedef {Place | { kind: 'remove', messageId: string }} Change */

const GROUP_MS = 5 * 60_000;
const KEEP = 400;

/** @param {Item} a @param {Item} b */
function follows(a, b) {
  if (a.seq !== null && b.seq !== null) return a.seq > b.seq;
  return a.seq === null && (b.seq !== null || a.localAt > b.localAt);
}

/** @param {Item} a @param {Item} b */
function sameVoice(a, b) {
  return a.own && b.own ? true : a.own === b.own && a.userId === b.userId;
}

/** @param {number} keep how many messages stay; the oldest go first */
export function createTimeline(keep = KEEP) {
  /** @type {Item[]} */
  const order = [];
  /** @type {Map<string, Item>} */
  const byId = new Map();
  // A repeat of a message that was let go must not come back.
  let floor = 0;

  /** @param {number} at @returns {Place[]} */
  function shape(at) {
    const item = order[at];
    if (!item) return [];
    const before = order[at - 1];
    const day = new Date(item.at).toDateString();
    const opensDay = item.seq !== null && (!before || new Date(before.at).toDateString() !== day);
    const bothSent = before && before.seq !== null && item.seq !== null;
    const gap = before ? (bothSent ? item.at - before.at : item.localAt - before.localAt) : 0;
    const opensGroup = opensDay || !before || !sameVoice(before, item) || gap > GROUP_MS;
    return [
      { kind: 'place', item, beforeId: order[at + 1]?.messageId ?? null, opensDay, opensGroup },
    ];
  }

  /** @param {string} messageId @returns {Change[]} what became of the one that stood after it */
  function lift(messageId) {
    const at = order.findIndex((one) => one.messageId === messageId);
    if (at < 0) return [];
    order.splice(at, 1);
    byId.delete(messageId);
    return shape(at);
  }

  /** @param {Item} item @returns {Change[]} */
  function put(item) {
    const known = order.findIndex((one) => one.messageId === item.messageId);
    if (item.seq === null && order[known]?.localAt === item.localAt) {
      order[known] = item;
      byId.set(item.messageId, item);
      return shape(known);
    }
    const lifted = lift(item.messageId);
    let at = order.length;
    for (let before = order[at - 1]; before && follows(before, item); before = order[at - 1]) {
      at -= 1;
    }
    order.splice(at, 0, item);
    byId.set(item.messageId, item);
    return [...lifted, ...shape(at), ...shape(at + 1)];
  }

  /** @returns {Change[]} */
  function trim() {
    const oldest = order[0];
    if (order.length <= keep || !oldest || oldest.seq === null) return [];
    floor = oldest.seq;
    return [{ kind: 'remove', messageId: oldest.messageId }, ...lift(oldest.messageId)];
  }

  return {
    items: () => [...order],
    /** @param {string} messageId */
    find: (messageId) => byId.get(messageId),
    /** @param {Item} item an unsent one: new, failed or tried again @returns {Change[]} */
    write(item) {
      return byId.get(item.messageId)?.state === 'sent' ? [] : put(item);
    },
    /** @param {Item & { seq: number }} item a stored one @returns {Change[]} none for a repeat */
    hear(item) {
      const known = byId.get(item.messageId);
      if (known ? known.state === 'sent' : item.seq <= floor) return [];
      return [...put(item), ...trim()];
    },
    /** @param {string} messageId @returns {Change[]} */
    discard(messageId) {
      if (!byId.has(messageId)) return [];
      return [{ kind: 'remove', messageId }, ...lift(messageId)];
    },
  };
}
