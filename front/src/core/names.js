// @ts-check
// What people go by since they changed it: of two words about one person the later counts, in whatever order they come.

/** @typedef {{ userId: string, nickname: string, at: string }} Name at: ISO 8601, the server's clock */

/** More people than anybody sees change their names; the longest known is let go. */
const MOST = 500;

export function createNames() {
  /** @type {Map<string, Name>} */
  const names = new Map();

  return {
    /** @param {Name} name @returns {boolean} whether it is news */
    hear({ userId, nickname, at }) {
      const known = names.get(userId);
      if (known && known.at > at) return false;
      names.delete(userId);
      names.set(userId, { userId, nickname, at });
      const [longest] = names.keys();
      if (names.size > MOST && longest !== undefined) names.delete(longest);
      return known?.nickname !== nickname;
    },
    /**
     * As somebody is called now: a snapshot or a coming may be older than their change.
     * @template {Name} T @param {T} person @returns {T}
     */
    applied(person) {
      const known = names.get(person.userId);
      return known && known.at > person.at ? { ...person, nickname: known.nickname } : person;
    },
  };
}
