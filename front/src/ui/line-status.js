// @ts-check
// Shows how the line is: a quiet word in the header, and a banner only when it has been down for a while.
import { createCalm } from '../core/calm.js';
import { find } from './element.js';

/** @typedef {import('../core/line.js').LineStatus} LineStatus */

const TICK_MS = 1_000;
/** In these the banner shows; on the way out of them (connecting, greeting) it stays until the line lives. */
const DOWN = new Set(['waiting', 'offline', 'replaced', 'closed', 'signed-out']);
const UP = new Set(['live', 'idle']);

/**
 * @param {{ root: ParentNode, clock: import('../core/line.js').Clock, words: typeof import('../words/en.js').en.line,
 *   act: () => void }} options act: the banner's button, whatever it says
 */
export function createLineStatus({ root, clock, words, act }) {
  const chip = find(root, '[data-line]', HTMLElement);
  const word = find(chip, '.line-word', HTMLElement);
  const banner = find(root, '.banner', HTMLElement);
  const told = find(banner, '.banner-words', HTMLElement);
  const button = find(banner, 'button', HTMLButtonElement);
  let isDown = false;
  let cancelTick = () => {};
  const calm = createCalm({ clock, show });

  /** @param {LineStatus} status @returns {keyof typeof words.states} */
  const shownState = ({ state, online }) => (state === 'waiting' && !online ? 'offline' : state);

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
    if (UP.has(state)) isDown = false;
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
    cancelTick();
    const state = shownState(status);
    told.textContent = sentence(status);
    button.textContent =
      state === 'replaced' ? words.useHere : state === 'signed-out' ? words.signIn : words.tryNow;
    button.hidden = state === 'closed' || state === 'connecting' || state === 'greeting';
    if (status.retryAt !== null) cancelTick = clock.after(TICK_MS, () => tell(status));
  }

  /** @param {LineStatus} status */
  function sentence(status) {
    const state = shownState(status);
    const { retryAt, reason } = status;
    if (state === 'replaced') return words.elsewhere;
    if (state === 'signed-out') return words.signedOut;
    if (state === 'closed') return reason ?? words.states.closed;
    const what = state === 'offline' ? words.youAreOffline : words.noConnection;
    if (retryAt === null) return `${what} ${words.trying}`;
    return `${what} ${words.nextTry(Math.max(1, Math.ceil((retryAt - clock.now()) / 1_000)))}`;
  }

  button.addEventListener('click', act);
  mark('idle');
  return {
    /** @param {LineStatus} status */
    changed(status) {
      chip.dataset.line = shownState(status);
      calm.changed(status);
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
