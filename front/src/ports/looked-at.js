// @ts-check
// Whether any tab of this page is looked at: each that is holds a share of one lock, which the browser frees with the tab.

const NAME = 'hubbub looked at';

/** @param {{ trouble: (error: unknown) => void, signal: AbortSignal }} options */
export function createLookedAt({ trouble, signal }) {
  let letGo = () => {};

  function look() {
    letGo();
    if (document.visibilityState !== 'visible' || signal.aborted || !navigator.locks) return;
    /** @type {PromiseWithResolvers<void>} */
    const life = Promise.withResolvers();
    letGo = () => life.resolve();
    navigator.locks.request(NAME, { mode: 'shared' }, () => life.promise).catch(trouble);
  }

  document.addEventListener('visibilitychange', look, { signal });
  signal.addEventListener('abort', () => letGo());
  look();
  /** @returns {Promise<boolean>} without Web Locks only this tab is known */
  return async () => {
    if (document.visibilityState === 'visible') return true;
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    return held.some(({ name }) => name === NAME);
  };
}
