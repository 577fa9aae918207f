// @ts-check
// Tells a screen reader what arrived: in batches, never faster than one can listen.

const BATCH_MS = 1_000;

/** @param {{ clock: import('./line.js').Clock, say: (words: string) => void }} ports */
export function createAnnouncer({ clock, say }) {
  /** @type {string[]} */
  let names = [];

  return {
    /** @param {string} name whose message arrived; one's own are never announced */
    heard(name) {
      names.push(name);
      if (names.length > 1) return;
      clock.after(BATCH_MS, () => {
        const [first] = names;
        say(names.length === 1 ? `New message from ${first}` : `${names.length} new messages`);
        names = [];
      });
    },
  };
}
