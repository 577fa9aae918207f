// @ts-check
// The parts of the timeline that are always there: what scrolls, what stands in it while nothing was said, and the way down.
import { element, find } from './element.js';

/** @typedef {typeof import('../words/en.js').en.timeline} Words */

/** @param {{ root: HTMLElement, words: Words, signedOut: HTMLElement, signal: AbortSignal }} options root: emptied first, and with `signal` */
export function createLogFrame({ root, words, signedOut, signal }) {
  const edge = element('p', { class: 'edge' });
  const face = element('img', { src: 'icon.svg', alt: '', width: '72', height: '72' });
  const hint = element('p', {}, words.quietHint);
  const empty = element('div', { class: 'empty' }, face, element('h2', {}, words.quiet), hint);
  const loading = element('p', { class: 'loading' }, words.loading);
  const list = element('ol');
  // aria-live is off because announcements.js speaks; what scrolls must be reachable by keyboard (WCAG 2.1.1).
  const roles = { role: 'log', 'aria-label': words.messages, 'aria-live': 'off', tabindex: '0' };
  const log = element('div', { class: 'log', ...roles }, edge, loading, empty, signedOut, list);
  const pill = element('button', { type: 'button', class: 'pill' });
  pill.hidden = true;
  root.replaceChildren(log, pill);
  signal.addEventListener('abort', () => root.replaceChildren());
  return {
    log,
    list,
    pill,
    /** @param {'loading' | 'quiet' | 'signed-out' | 'said'} state */
    show(state) {
      loading.hidden = state !== 'loading';
      empty.hidden = state !== 'quiet';
      const isNew = signedOut.hidden && state === 'signed-out';
      signedOut.hidden = state !== 'signed-out';
      // Nothing else is to be done; what has the focus already keeps it.
      if (isNew && document.activeElement === document.body)
        find(signedOut, 'button', HTMLElement).focus();
      edge.hidden = state !== 'said';
    },
    /** What stands above the oldest row; its place is kept. @param {string} said */
    above: (said) => edge.replaceChildren(said),
  };
}
