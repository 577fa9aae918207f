// @ts-check
// The people of a room in the order of the panel: oneself, who is here by name, then who left last.

/** @typedef {import('./roster.js').Member} Member */

/** When somebody left, in milliseconds; later than any time if the network went while they were here. @param {Member} member */
export const leftAt = ({ at }) => Date.parse(at) || Number.MAX_SAFE_INTEGER;

/**
 * @param {readonly Member[]} members one for each person, however many devices they have
 * @param {{ me: string, locale: string }} reader me: the userId; locale: how names are sorted
 * @returns {{ here: Member[], away: Member[] }}
 */
export function arrangePeople(members, { me, locale }) {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const isOther = (/** @type {Member} */ { userId }) => Number(userId !== me);
  /** @param {Member} one @param {Member} other */
  const byName = (one, other) =>
    isOther(one) - isOther(other) || compare(one.nickname, other.nickname);
  /** @param {Member} one @param {Member} other */
  const byLeaving = (one, other) => leftAt(other) - leftAt(one);
  return {
    here: members.filter(({ online }) => online).toSorted(byName),
    away: members.filter(({ online }) => !online).toSorted(byLeaving),
  };
}
