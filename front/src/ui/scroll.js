// @ts-check
// Keeps the reader's place: at the bottom the newest stays in view, further up nothing moves.

const NEAR_PX = 100;

/** @param {HTMLElement} log the scrolling element @param {() => void} reachedBottom */
export function createScroll(log, reachedBottom) {
  let sticking = true;

  const distance = () => log.scrollHeight - log.clientHeight - log.scrollTop;

  function toBottom() {
    sticking = true;
    log.scrollTop = log.scrollHeight;
    reachedBottom();
  }

  /** @returns {HTMLElement | undefined} the first row that is in view */
  function firstSeen() {
    const top = log.getBoundingClientRect().top;
    const rows = log.querySelectorAll('[data-message-id]');
    for (const row of rows) {
      if (row instanceof HTMLElement && row.getBoundingClientRect().bottom > top) return row;
    }
    return undefined;
  }

  log.addEventListener('scroll', () => {
    sticking = distance() <= NEAR_PX;
    if (sticking) reachedBottom();
  });
  // The composer grows, the window shrinks, a keyboard opens: the newest stays in view.
  new ResizeObserver(() => sticking && toBottom()).observe(log);

  return {
    toBottom,
    sticking: () => sticking,
    /** @param {() => void} change what happens to the rows */
    keepPlace(change) {
      if (sticking) {
        change();
        toBottom();
        return;
      }
      const anchor = firstSeen();
      const before = anchor?.getBoundingClientRect().top ?? 0;
      change();
      if (anchor?.isConnected) log.scrollBy(0, anchor.getBoundingClientRect().top - before);
    },
  };
}
