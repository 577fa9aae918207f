// @ts-check
// The day of the rows in view, over the list while one scrolls back. Its own line of the day takes its place where that is seen.
import { element } from './element.js';
import { firstInView } from './scroll.js';

/**
 * @param {{ root: HTMLElement, log: HTMLElement, list: HTMLElement, itemOf: (row: Element) => { at: number } | undefined,
 *   when: import('./when.js').When }} options
 *   root: where it is put; itemOf: the message of a row
 */
export function createFloatingDay({ root, log, list, itemOf, when }) {
  // A screen reader reads the line of the day that stands in the list.
  const node = element('div', { class: 'floating-day', 'aria-hidden': 'true', hidden: '' });
  root.append(node);

  return {
    /** @param {boolean} isBack whether the reader has scrolled back */
    show(isBack) {
      /** @type {Element | null | undefined} */
      let row = isBack ? list.children[firstInView(log, list)] : undefined;
      // What stands between messages, as who came, has no day of its own.
      while (row && itemOf(row) === undefined) row = row.nextElementSibling;
      const item = row ? itemOf(row) : undefined;
      const line = row?.querySelector(':scope > .day');
      const { top } = log.getBoundingClientRect();
      const isLineSeen = line ? line.getBoundingClientRect().bottom > top : false;
      node.hidden = item === undefined || isLineSeen;
      if (item !== undefined) node.replaceChildren(when.day(item.at));
    },
  };
}
