// @ts-check
// What the server's clock says now, guessed from what was just said: this machine's may be hours wrong.

/** @param {() => number} now this machine's, in milliseconds */
export function createServerClock(now) {
  let ahead = Number.NEGATIVE_INFINITY;
  /** @type {Set<string>} */
  const unsent = new Set();

  /** @param {{ at: number, localAt: number }} item stored and heard a moment ago: what took longer counts for less */
  function heard({ at, localAt }) {
    ahead = Math.max(ahead, at - localAt);
  }

  return {
    heard,
    /** What one said oneself is heard when it is sent. @param {import('./timeline.js').Change[]} changes */
    changed(changes) {
      for (const change of changes) {
        if (change.kind === 'remove') unsent.delete(change.key);
        else if (change.item.seq === null) unsent.add(change.key);
        else if (unsent.delete(change.key)) heard(change.item);
      }
    },
    /** Milliseconds; this machine's own while nothing was said. */
    now: () => now() + (Number.isFinite(ahead) ? ahead : 0),
  };
}
