// @ts-check
// The message list: applies keyed changes to the rows and counts what arrived out of sight.
import { find } from './element.js';
import { createRow, updateRow } from './message-row.js';
import { createScroll } from './scroll.js';

/** @typedef {import('../core/timeline.js').Change} Change */

/**
 * @param {{ root: ParentNode, retry: (messageId: string) => void, discard: (messageId: string) => void }} options
 */
export function createMessageList({ root, retry, discard }) {
  const log = find(root, '[role="log"]', HTMLElement);
  const list = find(log, 'ol', HTMLElement);
  const empty = find(root, '.empty', HTMLElement);
  const pill = find(root, '.pill', HTMLButtonElement);
  /** @type {Map<string, HTMLLIElement>} */
  const rows = new Map();
  let unseen = 0;
  const scroll = createScroll(log, () => count(0));

  /** @param {number} next */
  function count(next) {
    unseen = next;
    pill.hidden = unseen === 0;
    pill.textContent = `${unseen} new ↓`;
    pill.setAttribute('aria-label', `${unseen} new, jump to the latest`);
  }

  /** @param {Change} change */
  function apply(change) {
    if (change.kind === 'remove') {
      rows.get(change.key)?.remove();
      rows.delete(change.key);
      return;
    }
    const row = rows.get(change.key) ?? createRow(change.item);
    rows.set(change.key, row);
    updateRow(row, change);
    const before = (change.before && rows.get(change.before)) || null;
    // Moving a node that already stands there would drop its focus and selection.
    if (!row.isConnected || row.nextElementSibling !== before) list.insertBefore(row, before);
  }

  /** @param {EventTarget | null} target */
  function act(target) {
    const button = target instanceof Element ? target.closest('[data-do]') : null;
    const row = button?.closest('[data-message-id]');
    const messageId = row?.getAttribute('data-message-id');
    if (!button || !messageId) return;
    // The button goes away with the click; the log is the nearest place that stays.
    log.focus({ preventScroll: true });
    if (button.getAttribute('data-do') === 'retry') retry(messageId);
    else discard(messageId);
  }

  log.addEventListener('click', ({ target }) => act(target));
  pill.addEventListener('click', () => {
    scroll.toBottom();
    log.focus({ preventScroll: true });
  });

  return {
    /** @param {Change[]} changes */
    apply(changes) {
      scroll.keepPlace(() => changes.forEach(apply));
      empty.hidden = rows.size > 0;
    },
    arrived() {
      if (!scroll.sticking()) count(unseen + 1);
    },
    toBottom: () => scroll.toBottom(),
  };
}
