// @ts-check
// Watches, for a tab that follows, whether the tab that leads still answers; a frozen one keeps its lock and says nothing.

const ASK_MS = 1_000;
/** Longer than a busy page blocks, short enough that nobody reloads. */
const SILENCE_MS = 3_000;
/** A timer that comes this much too late: this tab slept itself, and the answers wait behind the timer. */
const SLEPT_MS = 500;

/** @param {{ clock: import('./line.js').Clock, ask: () => void, isWanted: () => boolean, silent: () => void }} ports
 *   isWanted: somebody looks at this tab; silent: told once a start */
export function createWatch({ clock, ask, isWanted, silent }) {
  let cancel = () => {};
  /** @type {number | null} since when the leader owes an answer */
  let owedSince = null;
  let runs = false;
  let hungry = false;

  function turn() {
    cancel();
    if (!isWanted() && !hungry) {
      owedSince = null;
      return;
    }
    ask();
    owedSince ??= clock.now();
    const due = clock.now() + ASK_MS;
    cancel = clock.after(ASK_MS, () => {
      if (clock.now() - due > SLEPT_MS) owedSince = null;
      if (owedSince === null || clock.now() - owedSince < SILENCE_MS) return turn();
      stop();
      silent();
    });
  }

  function stop() {
    cancel();
    runs = false;
    hungry = false;
    owedSince = null;
  }

  return {
    start() {
      stop();
      runs = true;
      hungry = true;
      turn();
    },
    stop,
    /** The leader spoke. */
    heard() {
      owedSince = null;
      hungry = false;
    },
    /** The tab is looked at, or has something to send: even a hidden one wants an answer now. */
    wake() {
      if (!runs) return;
      hungry = true;
      if (owedSince === null) turn();
    },
  };
}
