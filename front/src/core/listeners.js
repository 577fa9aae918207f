// @ts-check
// Who wants to hear of what: a list of listeners for each kind of news.

/** @template {Record<string, unknown>} News */
export function createListeners() {
  /** @type {Map<keyof News, Set<(news: never) => void>>} */
  const lists = new Map();

  return {
    /**
     * @template {keyof News} K
     * @param {K} kind @param {(news: News[K]) => void} listener @returns {() => void} stops it
     */
    on(kind, listener) {
      const list = lists.get(kind) ?? new Set();
      lists.set(kind, list.add(listener));
      return () => void list.delete(listener);
    },
    /** @template {keyof News} K @param {K} kind @param {News[K]} news */
    tell(kind, news) {
      for (const listener of lists.get(kind) ?? []) listener(/** @type {never} */ (news));
    },
  };
}
