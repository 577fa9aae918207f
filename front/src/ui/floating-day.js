// @ts-check
// The day of the rows in view, over the list while one scrolls back. Its own line of the day takes its place where that is seen.
import { element } from './element.js';

/**
 * @param {{ root: HTMLElement, log: HTMLElement, list: HTMLElement, itemOf: (row: Element) => { at: number } | undefined,
 *   when: import('./when.js').When }} options
 *   root: where it is put; itemOf: the message of a row
 */
export function createFloatingDay({ root, log, list, itemOf, when }) {
  // A screen reader reads the line of the day that stands in the list.
  const node = element('div', { class: 'floating-day', 'aria-hidden': 'true', hidden: '' });
  root.append(node);

  /** @returns {Element | undefined} the first row in view; by halving, as all are in order */
  function firstInView() {
    const { top } = log.getBoundingClientRect();
    const rows = list.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
      else low = middle + 1;
    }
    return rows[low];
  }

  return {
    /** @param {boolean} isBack whether the reader has scrolled back */
    show(isBack) {
      const row = isBack ? firstInView() : undefined;
      const item = row && itemOf(row);
      const line = row?.querySelector(':scope > .day');
      const { top } = log.getBoundingClientRect();
      const isLineSeen = line ? line.getBoundingClientRect().bottom > top : false;
      node.hidden = item === undefined || isLineSeen;
      if (item !== undefined) node.replaceChildren(when.day(item.at));
    },
  };
}
