// The pace of a fan-out: full speed until the account answers 429, from then on one shared rate for all of its posts.

import { isThrottled, type Outcome } from './poster.ts';

/** Posts per second after the first 429: a tenth of the account's 10,000 requests per second. */
const SLOWED_PER_S = 1_000;
const SLOWEST_PER_S = 50;
/** Additive increase: so many posts per second more, each second that posts get through. */
const RECOVERY_PER_S = 100;
/** Fewer 429s than one in so many posts are of clients that do not read: their buffers are full, and the account is not. */
const POSTS_PER_STRAY = 16;
/** So many 429s in a row may be stray, at most: as many as posts are in flight at once. */
const MOST_STRAY = 64;
const PAUSE_BASE_MS = 100;
const PAUSE_CAP_MS = 1_000;
/** Pauses in a row without one post that got through: about six seconds. What is left then is left to the heads in `pong`. */
const MOST_PAUSES = 12;

export interface Pace {
  /** Makes one attempt when its turn has come. `untried`: no turn comes in the time that is left. */
  turn(attempt: () => Promise<Outcome>): Promise<Outcome | 'untried'>;
  /** Whether 429s have slowed it down. */
  isSlowed(): boolean;
  /** No turn will come any more. */
  isOver(): boolean;
}

/**
 * Additive increase, multiplicative decrease. A 429 stops all lanes for a while, and halves their rate. Answers to posts
 * that were under way at that time count as the same 429. A `fleeting` fan-out ends at the first that stops it.
 *
 * A 429 does not say whether the account is spent or one client does not read. Anybody can open sockets and not read, which
 * must slow down nobody else. So a 429 is stray, and stops nothing, where enough posts got through before it.
 */
export function createPace(io: {
  isBestEffort?: boolean;
  remainingMs(): number;
  random(): number;
  sleep(ms: number): Promise<void>;
}): Pace {
  const startMs = io.remainingMs();
  const now = () => startMs - io.remainingMs();
  let perS = Number.POSITIVE_INFINITY;
  let nextMs = 0;
  let slowdowns = 0;
  let pauses = 0;
  let over = false;
  /** Posts that got through, less those that stray 429s have used up. */
  let credit = 0;

  async function wait(): Promise<boolean> {
    while (!over && slowdowns > 0) {
      const seen = slowdowns;
      const at = Math.max(now(), nextMs);
      const waitMs = at - now();
      if (waitMs >= io.remainingMs()) return false;
      nextMs = at + 1000 / perS;
      if (waitMs > 0) await io.sleep(waitMs);
      // After another 429 the place in the line is void.
      if (seen === slowdowns) return true;
    }
    return !over;
  }

  function isStray(): boolean {
    if (credit < POSTS_PER_STRAY) return false;
    credit -= POSTS_PER_STRAY;
    return true;
  }

  function slowDown(throttledMs: number): void {
    credit = 0;
    slowdowns += 1;
    pauses += 1;
    perS = Math.max(SLOWEST_PER_S, Math.min(SLOWED_PER_S, perS / 2));
    // Full jitter, so that fan-outs that share the account do not come back together.
    const pauseMs = io.random() * Math.min(PAUSE_CAP_MS, PAUSE_BASE_MS * 2 ** pauses);
    nextMs = now() + Math.max(throttledMs, pauseMs);
    over ||= io.isBestEffort === true || pauses >= MOST_PAUSES;
  }

  return {
    async turn(attempt) {
      if (!(await wait())) return 'untried';
      const seen = slowdowns;
      const outcome = await attempt();
      if (isThrottled(outcome)) {
        if (seen === slowdowns && !isStray()) slowDown(outcome.throttledMs);
      } else if (outcome !== 'later') {
        credit = Math.min(credit + 1, POSTS_PER_STRAY * MOST_STRAY);
        pauses = 0;
        perS += RECOVERY_PER_S / perS;
      }
      return outcome;
    },
    isSlowed: () => slowdowns > 0,
    isOver: () => over,
  };
}
