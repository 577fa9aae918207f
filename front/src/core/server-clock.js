// @ts-check
// What the server's clock says now, by its latest word: the clock of this machine may be wrong, and be set at any moment.

/** A wall clock that goes apart from the elapsed time by more was set, or the machine slept. */
const JUMP_MS = 1_000;

/** @param {{ now: () => number, elapsed?: (() => number) | undefined }} clock now: of this machine, in milliseconds; elapsed: milliseconds that no setting of the clock changes */
export function createServerClock({ now, elapsed = now }) {
  /** How far the server is ahead of `now`. */
  let ahead = 0;
  let isKnown = false;
  const setting = () => now() - elapsed();
  let known = setting();

  /** Whether this machine's clock jumped since this was asked last, or since the server's last word. */
  function jumped() {
    const next = setting();
    if (Math.abs(next - known) < JUMP_MS) return false;
    known = next;
    isKnown = false;
    return true;
  }

  /** The server answers what was just asked: this is its time. @param {string} at ISO 8601; anything else says nothing */
  function told(at) {
    const ms = Date.parse(at);
    if (Number.isNaN(ms)) return;
    jumped();
    ahead = ms - now();
    isKnown = true;
  }

  return {
    jumped,
    told,
    /** It was so late at least: what is said may come late. @param {string} at ISO 8601 */
    passed(at) {
      jumped();
      if (!isKnown || Date.parse(at) - now() > ahead) told(at);
    },
    /** Milliseconds; this machine's own while nothing was said. */
    now: () => now() + ahead,
  };
}
