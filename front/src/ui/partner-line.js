// @ts-check
// Over a direct conversation: whether the other is here, or since when not.
import { find } from './element.js';
import { presenceOf } from './person-row.js';

const AGE_MS = 30_000;

/**
 * @param {{ root: ParentNode, partner: (() => import('../core/roster.js').Member) | null, locale: string, now: () => number,
 *   words: typeof import('../words/en.js').en.people, signal: AbortSignal }} options partner: null in a room
 */
export function createPartnerLine({ root, partner, words, locale, now, signal }) {
  const line = find(root, '.partner-line', HTMLElement);

  function show() {
    line.textContent = partner ? presenceOf(partner(), { words, locale, now }) : '';
    line.hidden = line.textContent === '';
  }

  const timer = setInterval(show, AGE_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  show();
  return { show };
}
