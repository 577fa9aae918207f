// @ts-check
// Who was met here, and under which name last: what a direct conversation is called, and whom one may invite.

const KEPT = 200;

/** @typedef {{ userId: string, nickname: string }} Person */

/** @param {unknown} kept @returns {[string, string][]} as far as it is sound */
function readNames(kept) {
  if (!Array.isArray(kept)) return [];
  return kept.filter(
    (pair) => Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string',
  );
}

/**
 * @param {{ read(): unknown, write(value: unknown): void }} slot keeps the 200 met last
 */
export function createAcquaintances(slot) {
  const names = new Map(readNames(slot.read()));

  return {
    /** @param {Iterable<Person>} people @returns {boolean} whether anybody is new or renamed */
    meet(people) {
      let isNews = false;
      for (const { userId, nickname } of people) {
        if (nickname === '' || names.get(userId) === nickname) continue;
        names.delete(userId);
        names.set(userId, nickname);
        isNews = true;
      }
      if (isNews) slot.write([...names].slice(-KEPT));
      return isNews;
    },
    /** @param {string} userId @returns {string | null} the last name, as the server gave it */
    nameOf: (userId) => names.get(userId) ?? null,
    /** Who was met last comes first. @returns {Person[]} */
    all: () => [...names].reverse().map(([userId, nickname]) => ({ userId, nickname })),
  };
}
