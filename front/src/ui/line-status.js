// @ts-check
// Shows how the line is: a quiet word in the header, and a banner only when it has been down for a while.
import { createCalm } from '../core/calm.js';
import { find } from './element.js';

/** @typedef {import('../core/line.js').LineStatus} LineStatus */

const WORDS = {
  idle: 'Not connected',
  connecting: 'Connecting',
  live: 'Live',
  waiting: 'Reconnecting',
  offline: 'Offline',
};
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

  /** @param {LineStatus} status */
  function show(status) {
    chip.dataset.shown = status.state;
    word.textContent = WORDS[status.state];
    if (status.state === 'live' || status.state === 'idle') everShown = false;
    if (status.state === 'waiting' || status.state === 'offline') everShown = true;
    // Focus must not vanish with the button that had it.
    if (!everShown && banner.contains(document.activeElement)) field.focus();
    banner.hidden = !everShown;
    tell(status);
  }

  /** @param {LineStatus} status */
  function tell({ state, retryAt }) {
    cancelTick();
    told.textContent = sentence(state, retryAt);
    if (retryAt !== null) cancelTick = clock.after(TICK_MS, () => tell({ state, retryAt }));
  }

  /** @param {LineStatus['state']} state @param {number | null} retryAt */
  function sentence(state, retryAt) {
    const what = state === 'offline' ? 'You are offline.' : 'No connection.';
    if (retryAt === null) return `${what} Trying now…`;
    const seconds = Math.max(1, Math.ceil((retryAt - clock.now()) / 1_000));
    return `${what} Next try in ${seconds} s.`;
  }

  button.addEventListener('click', tryNow);
  return {
    /** @param {LineStatus} status */
    changed(status) {
      chip.dataset.line = status.state;
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
