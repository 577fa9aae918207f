// @ts-check
// A lock for browsers without Web Locks: a claim in storage, renewed while its holder lives, free once it is stale.

/** @typedef {import('../ports/locks.js').Lock} Lock */
/** @typedef {{ holder: string, at: number }} Claim at: milliseconds of this machine's clock */

/** Element's numbers: renewed every 5 s, stale after 15 s. Hidden tabs' timers run once a minute, so those may lose it. */
const RENEW_MS = 5_000;
const STALE_MS = 15_000;
const LOOK_MS = 1_000;
/** Two tabs may claim at the same moment; the later write wins, and both look again after this. */
const SETTLE_MS = 200;

/** @param {unknown} value @returns {Claim | null} */
function readClaim(value) {
  if (typeof value !== 'object' || value === null) return null;
  const { holder, at } = /** @type {Record<string, unknown>} */ (value);
  return typeof holder === 'string' && typeof at === 'number' ? { holder, at } : null;
}

/**
 * @param {{ keep: import("./tabs.js").Keep, clock: import("./line.js").Clock, tab: string }} ports
 *   keep: one for all tabs
 * @returns {Lock}
 */
export function createClaimedLock({ keep, clock, tab }) {
  let cancel = () => {};
  let holding = false;

  const claim = () => keep.write('lock', { holder: tab, at: clock.now() });
  const holder = () => readClaim(keep.read('lock'))?.holder;

  /** @param {import('../ports/locks.js').Claimant} claimant */
  function wait(claimant) {
    const held = readClaim(keep.read('lock'));
    const isFree = !held || held.holder === tab || Math.abs(clock.now() - held.at) > STALE_MS;
    if (isFree) return take(claimant);
    cancel = clock.after(LOOK_MS, () => wait(claimant));
  }

  /** @param {import('../ports/locks.js').Claimant} claimant */
  function take(claimant) {
    claim();
    cancel = clock.after(SETTLE_MS, () => {
      if (holder() !== tab) return wait(claimant);
      holding = true;
      renew(claimant);
      claimant.granted();
    });
  }

  /** @param {import('../ports/locks.js').Claimant} claimant */
  function renew(claimant) {
    cancel = clock.after(RENEW_MS, () => {
      if (holder() !== tab) {
        holding = false;
        return claimant.lost();
      }
      claim();
      renew(claimant);
    });
  }

  return {
    ask(claimant, steal) {
      cancel();
      holding = false;
      if (steal) take(claimant);
      else wait(claimant);
    },
    release() {
      cancel();
      if (holding && holder() === tab) keep.write('lock', null);
      holding = false;
    },
  };
}
