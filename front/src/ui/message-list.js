// @ts-check
// The rows of the messages that are to be seen: kept by messageId, changed only where something changed, moved only when they must.
import { openingsOf } from '../core/grouping.js';
import { element } from './element.js';
import { createRow, showItem } from './message-row.js';

/** @typedef {import('../core/timeline.js').Item} Item */
/** @typedef {{ item: Item, above: Item | undefined, opensUnread: boolean, isWaiting: boolean }} Entry
 *   above: what was said right before it; isWaiting: for the line */

/** @param {Element} row @param {string} kind @param {string | null} words null: no such line */
function line(row, kind, words) {
  const there = row.querySelector(`:scope > .${kind}`);
  if (words === null) return there?.remove();
  if (there) return there.firstElementChild?.replaceChildren(words);
  row.prepend(element('div', { class: kind }, element('span', {}, words)));
}

/** @param {HTMLElement} list @param {HTMLElement[]} nodes all that shall stand in it */
function arrange(list, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...list.children])
    if (!(node instanceof HTMLElement && wanted.has(node))) node.remove();
  let next = list.firstElementChild;
  for (const node of nodes) {
    // Moving a node that already stands there would drop its focus and selection.
    if (node === next) next = next.nextElementSibling;
    else list.insertBefore(node, next);
  }
}

/** @param {{ list: HTMLElement, means: import('./message-row.js').Means }} options */
export function createMessageList({ list, means }) {
  const { words, when } = means;
  /** @type {Map<string, { row: HTMLLIElement, shown: Entry | null, today: number }>} */
  let rows = new Map();

  /** @param {{ row: HTMLLIElement, shown: Entry | null, today: number }} known @param {Entry} entry @param {number} today */
  function update(known, entry, today) {
    const { row, shown } = known;
    const { item, above, opensUnread, isWaiting } = entry;
    if (shown?.item !== item || shown.isWaiting !== isWaiting) showItem(row, item, means);
    const isPlaced = shown?.item === item && shown.above === above && known.today === today;
    if (!isPlaced) {
      const { opensDay, opensGroup } = openingsOf(above, item);
      row.classList.toggle('opens-group', opensGroup);
      line(row, 'day', opensDay ? when.day(item.at) : null);
    }
    if ((shown?.opensUnread ?? false) !== opensUnread)
      line(row, 'unread-line', opensUnread ? words.unread : null);
    known.shown = entry;
    known.today = today;
  }

  return {
    /**
     * @param {{ items: Item[], from: number, to: number, unread: Item | undefined }} what of the items, top to bottom, this
     *   slice has rows; unread: the first that is
     * @param {(messageId: string) => HTMLElement[]} after what else stands below one
     */
    show({ items, from, to, unread }, after) {
      const entries = items.slice(from, to).map((item, n) => {
        const isWaiting = item.state === 'pending' && !means.isLive();
        return { item, above: items[from + n - 1], opensUnread: item === unread, isWaiting };
      });
      const today = when.today();
      const kept = new Map(
        entries.map((entry) => {
          const { messageId } = entry.item;
          const row = () => ({ row: createRow(entry.item, means), shown: null, today: Number.NaN });
          const known = rows.get(messageId) ?? row();
          update(known, entry, today);
          return [messageId, known];
        }),
      );
      rows = kept;
      const nodes = [...kept].flatMap(([messageId, { row }]) => [row, ...after(messageId)]);
      arrange(list, nodes);
    },
    /** @param {Element} row @returns {Item | undefined} what it shows */
    itemOf: (row) => rows.get(row.getAttribute('data-message-id') ?? '')?.shown?.item,
  };
}
