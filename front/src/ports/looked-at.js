// @ts-check
// Whether any tab of this page is looked at: each that is holds a share of one lock, which the browser frees with the tab.
import { lockManager } from './locks.js';
import { inTime } from './patience.js';

const NAME = 'hubbub looked at';
const ANSWER_MS = 1_000;

/** @param {{ trouble: (error: unknown) => void, signal: AbortSignal }} options */
export function createLookedAt({ trouble, signal }) {
  let letGo = () => {};

  async function look() {
    letGo();
    if (document.visibilityState !== 'visible' || signal.aborted) return;
    /** @type {PromiseWithResolvers<void>} */
    const life = Promise.withResolvers();
    letGo = () => life.resolve();
    await lockManager()?.request(NAME, { mode: 'shared' }, () => life.promise);
  }

  /** @returns {Promise<LockInfo[]>} */
  async function locksHeld() {
    const { held = [] } = (await lockManager()?.query()) ?? {};
    return held;
  }

  const looked = () => void look().catch(trouble);
  document.addEventListener('visibilitychange', looked, { signal });
  signal.addEventListener('abort', () => letGo());
  looked();
  /** @returns {Promise<boolean>} without Web Locks only this tab is known */
  return async () => {
    if (document.visibilityState === 'visible') return true;
    try {
      return (await inTime(locksHeld(), ANSWER_MS)).some(({ name }) => name === NAME);
    } catch (error) {
      trouble(error);
      return false;
    }
  };
}
