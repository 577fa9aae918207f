// @ts-check
// Shows how the line is: a quiet word in the header, and a banner only when it has been down for a while.
import { createCalm } from '../core/calm.js';
import { find } from './element.js';
import { sentence, shownState } from './line-sentence.js';

/** @typedef {import('../core/line.js').LineStatus} LineStatus */

const TICK_MS = 1_000;
/** In these the banner shows; on the way out of them (connecting, greeting) it stays until the line lives. */
const DOWN = new Set(['waiting', 'offline', 'replaced', 'closed', 'signed-out']);
const UP = new Set(['live', 'idle']);

/**
 * @param {{ root: ParentNode, clock: import('../core/line.js').Clock, words: typeof import('../words/en.js').en.line,
 *   act: () => void, signal: AbortSignal }} options act: the banner's button, whatever it says
 */
export function createLineStatus({ root, clock, words, act, signal }) {
  const chip = find(root, '[data-line]', HTMLElement);
  const word = find(chip, '.line-word', HTMLElement);
  const banner = find(root, '.banner', HTMLElement);
  const told = find(banner, '.banner-words', HTMLElement);
  const button = find(banner, 'button', HTMLButtonElement);
  let isDown = false;
  /** @type {(keyof typeof words.signInSays)[]} */
  let says = [];
  /** What is shown. @type {LineStatus | null} */
  let shown = null;
  let cancelTick = () => {};
  const calm = createCalm({ clock, show });

  /** @param {keyof typeof words.states} state */
  function mark(state) {
    chip.dataset.shown = state;
    word.textContent = words.states[state];
    chip.title = words.states[state];
  }

  /** @param {LineStatus} status */
  function show(status) {
    const state = shownState(status);
    mark(state);
    if (UP.has(state)) {
      isDown = false;
      says = [];
    }
    if (DOWN.has(state)) isDown = true;
    // Focus must not vanish with the button that had it.
    if (!isDown && banner.contains(document.activeElement))
      find(root, '#message', HTMLElement).focus();
    banner.hidden = !isDown;
    banner.dataset.state = state;
    tell(status);
  }

  /** @param {LineStatus} status */
  function tell(status) {
    shown = status;
    cancelTick();
    const state = shownState(status);
    told.textContent = sentence(status, { now: clock.now(), says, words });
    // Else the place of the messages says it all (css/line.css).
    banner.toggleAttribute('data-says-more', says.length > 0 || status.reason !== null);
    button.textContent =
      state === 'replaced' ? words.useHere : state === 'signed-out' ? words.signIn : words.tryNow;
    button.hidden = state === 'closed' || state === 'connecting' || state === 'greeting';
    if (status.retryAt !== null) cancelTick = clock.after(TICK_MS, () => tell(status));
  }

  button.addEventListener('click', act, { signal });
  signal.addEventListener('abort', () => {
    cancelTick();
    calm.stop();
    // Until the next one knows.
    banner.hidden = true;
  });
  mark('idle');
  return {
    /** @param {LineStatus} status */
    changed(status) {
      if (signal.aborted) return;
      chip.dataset.line = shownState(status);
      calm.changed(status);
    },
    /** @param {(keyof typeof words.signInSays)[]} next what there is to say about signing in or out */
    signInSays(next) {
      says = next;
      if (shown?.state === 'signed-out') tell(shown);
    },
    /** The page cannot even tell where to connect. @param {string} why */
    trouble(why) {
      chip.dataset.line = 'waiting';
      mark('waiting');
      told.textContent = `${why} ${words.soon}`;
      button.textContent = words.tryNow;
      banner.hidden = false;
    },
  };
}
