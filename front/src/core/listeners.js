// @ts-check
// Who wants to hear of what: a list of listeners for each kind of news; one that throws disturbs nobody else.

/**
 * @template {Record<string, unknown>} News
 * @param {(error: unknown) => void} failed told what a listener throws
 */
export function createListeners(failed) {
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
    /** @param {keyof News} kind */
    isHeard: (kind) => (lists.get(kind)?.size ?? 0) > 0,
    /** @template {keyof News} K @param {K} kind @param {News[K]} news */
    tell(kind, news) {
      for (const listener of lists.get(kind) ?? []) {
        try {
          listener(/** @type {never} */ (news));
        } catch (error) {
          failed(error);
        }
      }
    },
  };
}
