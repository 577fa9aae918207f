// @ts-check
// A hello that expires is said again on the same socket, shortly before; nobody on the screen notices.

/** Between one and two of these before the end; a quarter of what is short. */
const EARLY_MS = 60_000;
const AGAIN_MS = 10_000;
const WELCOME_MS = 10_000;
/** Longer than any socket lives, and what timers can count. */
const LONGEST_MS = 24 * 60 * 60_000;

/**
 * @param {{ clock: import('./line.js').Clock, fraction: () => number, say: (credentials: import('./credentials.js').Given) => void,
 *   credentials: ReturnType<typeof import('./credentials.js').createCredentials>, signedOut: () => void, unanswered: () => void }} ports
 */
export function createRenewal({ clock, fraction, say, credentials, signedOut, unanswered }) {
  let isUnderWay = false;
  let isSaid = false;
  let cancel = () => {};

  function stop() {
    cancel();
    credentials.forget();
    isUnderWay = false;
    isSaid = false;
  }

  function now() {
    if (!isUnderWay) ask();
  }

  function ask() {
    stop();
    isUnderWay = true;
    credentials.ask({
      given(found) {
        cancel = clock.after(WELCOME_MS, unanswered);
        isSaid = true;
        say(found);
      },
      none: signedOut,
      failed() {
        isUnderWay = false;
        cancel = clock.after(AGAIN_MS, now);
      },
    });
  }

  return {
    /** Whether a hello said again is not answered yet. */
    isUnderWay: () => isUnderWay,
    /** Now: the server has said that it expired. */
    now,
    /** The server refused something for now, maybe the hello: one that is said twice does no more. @param {number} afterMs 0 where it did not tell */
    refused(afterMs) {
      if (!isSaid) return;
      isSaid = false;
      cancel();
      cancel = clock.after(afterMs || Math.round(AGAIN_MS * (1 + fraction())), ask);
    },
    /** After each welcome. @param {number | undefined} forMs how long its token is good */
    start(forMs) {
      stop();
      if (forMs === undefined) return;
      const early = Math.min(EARLY_MS, forMs / 4) * (1 + fraction());
      cancel = clock.after(Math.min(LONGEST_MS, Math.round(forMs - early)), now);
    },
    stop,
  };
}
