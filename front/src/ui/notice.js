// @ts-check
// One sentence about what was done, over the conversation and spoken: it goes when it is true no more, with the first deed after there was time to read it, or by itself.
import { find } from './element.js';

const READ_MS = 5_000;
const STAY_MS = 10_000;

/** @typedef {(sentence: string) => () => void} Say answers what takes it back, if it still stands there */

/** @param {{ root: Document, clock: import('../core/line.js').Clock }} options */
export function createNotice({ root, clock }) {
  const shown = find(root, '.notice', HTMLElement);
  const spoken = find(root, '.announcements', HTMLElement);
  let since = 0;
  let cancel = () => {};

  function hide() {
    cancel();
    shown.hidden = true;
  }

  function leave() {
    if (clock.now() - since >= READ_MS) hide();
  }

  /** Its time is counted while somebody looks. */
  function count() {
    cancel();
    if (!shown.hidden && root.visibilityState === 'visible') cancel = clock.after(STAY_MS, hide);
  }

  for (const deed of ['pointerdown', 'keydown']) root.addEventListener(deed, leave);
  root.addEventListener('visibilitychange', count);
  return {
    hide,
    /** @type {Say} */
    say(sentence) {
      const said = new Text(sentence);
      since = clock.now();
      shown.replaceChildren(said);
      shown.hidden = false;
      spoken.replaceChildren(sentence);
      count();
      return () => {
        if (said.parentNode === shown) hide();
      };
    },
  };
}
