// @ts-check
// Fetches the dialogs when one is first wanted, so that the first load of the page is small.

/** @typedef {typeof import('./dialogs.js')} Dialogs */
/** @typedef {Dialogs['WORDS']['en']} DialogWords */
/** @typedef {ReturnType<typeof createDialogFetcher>} DialogFetcher */

/** Rejects where they cannot be fetched; browsers keep that answer until a reload. @returns {Promise<Dialogs>} */
export const fetchDialogs = () => import('./dialogs.js');

/**
 * @param {{ language: import('../words/words.js').Language, failed: (error: unknown) => void }} options
 *   failed: the dialogs could not be fetched
 */
export function createDialogFetcher({ language, failed }) {
  let asked = 0;

  /**
   * @template Made
   * @param {(dialogs: Dialogs, words: DialogWords) => Made} make called once, when the dialogs are there
   * @param {AbortSignal} signal
   */
  function lazily(make, signal) {
    /** @type {Made | null} */
    let made = null;
    return {
      /** @returns {Made | null} null until it was first used */
      made: () => made,
      /**
       * Only the last use that was asked for is done: two dialogs would open at once.
       * @param {(made: Made) => void} act
       * @returns {Promise<boolean>} whether it was done
       */
      async use(act) {
        asked += 1;
        const mine = asked;
        const dialogs = await fetchDialogs().catch(failed);
        if (!dialogs || mine !== asked || signal.aborted) return false;
        made ??= make(dialogs, dialogs.WORDS[language]);
        act(made);
        return true;
      },
    };
  }

  return { lazily };
}
