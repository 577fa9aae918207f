// @ts-check
// One sentence about what was done, over the conversation and spoken: it goes with the first deed after there was time to read it.
import { find } from './element.js';

const READ_MS = 5_000;

/** @param {{ root: Document, now: () => number }} options now: milliseconds */
export function createNotice({ root, now }) {
  const shown = find(root, '.notice', HTMLElement);
  const spoken = find(root, '.announcements', HTMLElement);
  let since = 0;

  function leave() {
    if (now() - since >= READ_MS) shown.hidden = true;
  }

  for (const deed of ['pointerdown', 'keydown']) root.addEventListener(deed, leave);
  return {
    /** @param {string} sentence */
    say(sentence) {
      since = now();
      shown.textContent = sentence;
      shown.hidden = false;
      spoken.replaceChildren(sentence);
    },
  };
}
