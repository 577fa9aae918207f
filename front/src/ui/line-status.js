// @ts-check
// Shows how the line is: a quiet word in the header, and a banner only when it has been down for a while.
import { createCalm } from '../core/calm.js';
import { find } from './element.js';

/** @typedef {import('../core/line.js').LineStatus} LineStatus */

const WORDS = {
  idle: 'Not connected',
  connecting: 'Connecting',
  greeting: 'Connecting',
  live: 'Live',
  waiting: 'Reconnecting',
  offline: 'Offline',
  replaced: 'Open elsewhere',
  'signed-out': 'Signed out',
  closed: 'Closed',
};
/** @type {{ [state: string]: string }} */
const ACTS = { replaced: 'Use here', 'signed-out': 'Sign in' };
const TICK_MS = 1_000;

/**
 * @param {{ root: ParentNode, clock: import('../core/line.js').Clock, tryNow: () => void }} options
 */
export function createLineStatus({ root, clock, tryNow }) {
  const chip = find(root, '[data-line]', HTMLElement);
  const word = find(chip, '.line-word', HTMLElement);
  const banner = find(root, '.banner', HTMLElement);
  const told = find(banner, '.banner-words', HTMLElement);
  const button = find(banner, 'button', HTMLButtonElement);
  const field = find(root, 'textarea', HTMLTextAreaElement);
  let everShown = false;
  let cancelTick = () => {};
  const calm = createCalm({ clock, show });

  /** @param {LineStatus} status @returns {keyof typeof WORDS} */
  const shownState = ({ state, online }) => (state === 'waiting' && !online ? 'offline' : state);

  /** @param {LineStatus} status */
  function show(status) {
    const { state } = status;
    chip.dataset.shown = shownState(status);
    word.textContent = WORDS[shownState(status)];
    if (state === 'live' || state === 'idle') everShown = false;
    if (state === 'waiting' || state === 'replaced' || state === 'closed' || state === 'signed-out')
      everShown = true;
    // Focus must not vanish with the button that had it.
    if (!everShown && banner.contains(document.activeElement)) field.focus();
    banner.hidden = !everShown;
    tell(status);
  }

  /** @param {LineStatus} status */
  function tell(status) {
    cancelTick();
    told.textContent = sentence(status);
    button.textContent = ACTS[status.state] ?? 'Try now';
    button.hidden = status.state === 'closed';
    if (status.retryAt !== null) cancelTick = clock.after(TICK_MS, () => tell(status));
  }

  /** @param {LineStatus} status */
  function sentence({ state, retryAt, online, reason }) {
    if (state === 'replaced') return 'Open elsewhere.';
    if (state === 'signed-out') return reason ?? 'You are signed out.';
    if (state === 'closed') return reason ?? 'Closed.';
    const what = state === 'waiting' && !online ? 'You are offline.' : 'No connection.';
    if (retryAt === null) return `${what} Trying now…`;
    const seconds = Math.max(1, Math.ceil((retryAt - clock.now()) / 1_000));
    return `${what} Next try in ${seconds} s.`;
  }

  button.addEventListener('click', tryNow);
  return {
    /** @param {LineStatus} status */
    changed(status) {
      chip.dataset.line = shownState(status);
      calm.changed(status);
    },
    /** The page cannot even tell where to connect. @param {string} why */
    trouble(why) {
      chip.dataset.line = 'waiting';
      chip.dataset.shown = 'waiting';
      word.textContent = WORDS.waiting;
      told.textContent = why;
      banner.hidden = false;
    },
  };
}
