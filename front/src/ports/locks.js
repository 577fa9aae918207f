// @ts-check
// One lock of the browser, held for as long as a tab lives: the browser gives it on when that tab is closed or crashes.

/** @typedef {{ granted(): void, lost(): void }} Claimant lost: another took it by force; after release, neither is called */
/** @typedef {{ ask(claimant: Claimant, steal: boolean): void, release(): void }} Lock one question at a time */
/** @typedef {(name: string) => Lock} OpenLock */

/** @param {LockManager} manager `navigator.locks` @returns {OpenLock} */
export const webLocks = (manager) => (name) => {
  let letGo = () => {};
  return {
    ask({ granted, lost }, steal) {
      letGo();
      let wanted = true;
      const waiting = new AbortController();
      /** @type {PromiseWithResolvers<void>} */
      const life = Promise.withResolvers();
      letGo = () => {
        wanted = false;
        waiting.abort();
        life.resolve();
      };
      const hold = () => {
        if (wanted) granted();
        return life.promise;
      };
      // A request that steals takes no signal: it is granted at once.
      const how = steal ? { steal } : { signal: waiting.signal };
      manager.request(name, how, hold).catch(() => wanted && lost());
    },
    release: () => letGo(),
  };
};

/** Web Locks exist in secure contexts only; `http://` in a home network has none. @returns {LockManager | null} */
export function lockManager() {
  try {
    return navigator.locks ?? null;
  } catch {
    return null;
  }
}
