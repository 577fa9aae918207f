// @ts-check
// The way back down: how much came out of sight, and a jump to the latest.

/** @param {{ pill: HTMLButtonElement, words: import('./log-frame.js').Words, jump: () => void, signal: AbortSignal }} options */
export function createPill({ pill, words, jump, signal }) {
  let unseen = 0;
  let isAway = false;

  function show() {
    pill.hidden = !isAway;
    if (!isAway) return;
    pill.replaceChildren(unseen > 0 ? words.newBelow(unseen) : words.latest);
    pill.setAttribute('aria-label', unseen > 0 ? words.jumpToNew(unseen) : words.jump);
  }

  pill.addEventListener('click', jump, { signal });
  return {
    /** Somebody said something. */
    arrived() {
      if (isAway) unseen += 1;
      show();
    },
    /** @param {boolean} away whether the latest is out of sight */
    away(away) {
      if (away === isAway) return;
      isAway = away;
      if (!away) unseen = 0;
      show();
    },
  };
}
