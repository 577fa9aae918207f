// @ts-check
// What happens around the page: the network comes or goes, the page is looked at again.

/** @param {{ returned(): void, networkLost(): void, signal: AbortSignal }} watcher */
export function watchSurroundings({ returned, networkLost, signal }) {
  window.addEventListener('online', returned, { signal });
  window.addEventListener('offline', networkLost, { signal });
  window.addEventListener('pageshow', returned, { signal });
  const seen = () => document.visibilityState === 'visible' && returned();
  document.addEventListener('visibilitychange', seen, { signal });
}

export const isOnline = () => navigator.onLine;
