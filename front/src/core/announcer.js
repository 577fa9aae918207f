// @ts-check
// Tells a screen reader what arrived: in batches, never faster than one can listen.

const BATCH_MS = 1_000;

/**
 * @param {{ clock: import('./line.js').Clock, say: (words: string) => void,
 *   words: { newMessageFrom: (name: string) => string, newMessages: (n: number) => string } }} ports
 */
export function createAnnouncer({ clock, say, words }) {
  /** @type {string[]} */
  let names = [];
  let cancel = () => {};

  function tell() {
    const [first = ''] = names;
    say(names.length === 1 ? words.newMessageFrom(first) : words.newMessages(names.length));
    names = [];
  }

  return {
    /** @param {string} name whose message arrived; one's own are never announced */
    heard(name) {
      names.push(name);
      if (names.length === 1) cancel = clock.after(BATCH_MS, tell);
    },
    /** Somebody looks at another room now: what was to be said of this one is not said. */
    stop() {
      cancel();
      names = [];
    },
  };
}
