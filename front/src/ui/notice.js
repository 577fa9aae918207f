// @ts-check
// One sentence about what was done or came, over the conversation and spoken, maybe with a button for what to do about it. It goes
// when it is true no more, with the first deed after there was time to read it, or by itself.
import { element, find } from './element.js';

const READ_MS = 5_000;
const STAY_MS = 10_000;

/** @typedef {{ words: string, act: () => void }} Way what to do about it: the words on a button, and its act */
/** @typedef {(sentence: string, way?: Way) => () => void} Say answers what takes it back, if it still stands there */

/** @param {{ root: Document, clock: import('../core/line.js').Clock }} options */
export function createNotice({ root, clock }) {
  const shown = find(root, '.notice', HTMLElement);
  const spoken = find(root, '.announcements', HTMLElement);
  let since = 0;
  let cancel = () => {};

  const hasFocus = () => shown.contains(root.activeElement);

  function hide() {
    cancel();
    // Focus must not vanish with the button that had it.
    const log = root.querySelector('.log');
    if (hasFocus() && log instanceof HTMLElement) log.focus({ preventScroll: true });
    shown.hidden = true;
  }

  /** @param {Event} event */
  function leave({ type, target }) {
    if (target instanceof Node && shown.contains(target)) return;
    // The keyboard's way to its button is no other deed.
    if (type === 'keydown' && shown.childElementCount > 0) return;
    if (clock.now() - since >= READ_MS) hide();
  }

  /** Its time is counted while somebody looks. */
  function count() {
    cancel();
    if (!shown.hidden && root.visibilityState === 'visible')
      cancel = clock.after(STAY_MS, () => (hasFocus() ? count() : hide()));
  }

  for (const deed of ['pointerdown', 'keydown']) root.addEventListener(deed, leave);
  root.addEventListener('visibilitychange', count);
  return {
    hide,
    /** @type {Say} */
    say(sentence, way) {
      if (hasFocus()) hide();
      const said = new Text(sentence);
      since = clock.now();
      shown.replaceChildren(said, ...(way ? [' ', buttonOf(way)] : []));
      shown.hidden = false;
      spoken.replaceChildren(sentence);
      count();
      return () => {
        if (said.parentNode === shown) hide();
      };
    },
  };

  /** @param {Way} way */
  function buttonOf({ words, act }) {
    const button = element('button', { type: 'button' }, words);
    button.addEventListener('click', () => {
      hide();
      act();
    });
    return button;
  }
}
