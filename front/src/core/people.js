// @ts-check
// The people of a room in the order of the panel: oneself, who is here by name, then who left last.

/** @typedef {import('./roster.js').Member} Member */

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
  const byLeaving = (one, other) => Date.parse(other.at) - Date.parse(one.at);
  return {
    here: members.filter(({ online }) => online).toSorted(byName),
    away: members.filter(({ online }) => !online).toSorted(byLeaving),
  };
}
