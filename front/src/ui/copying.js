// @ts-check
// Copying out of the conversation: names, times and words, as one would type them; no marks, no buttons, no days.
import { cleanText } from '../core/clean-text.js';
import { shownNickname } from '../core/nickname.js';

/**
 * @param {{ log: HTMLElement, itemOf: (row: Element) => import('../core/timeline.js').Item | undefined,
 *   when: import('./when.js').When, signal: AbortSignal }} options
 */
export function watchCopying({ log, itemOf, when, signal }) {
  /** @param {Range} range @param {Element} words @param {string} text what they were made of */
  function selected(range, words, text) {
    const whole = document.createRange();
    whole.selectNodeContents(words);
    const startsInside = range.comparePoint(words, 0) < 0;
    const endsInside = range.comparePoint(words, words.childNodes.length) > 0;
    if (!startsInside && !endsInside) return text;
    if (startsInside) whole.setStart(range.startContainer, range.startOffset);
    if (endsInside) whole.setEnd(range.endContainer, range.endOffset);
    return whole.toString();
  }

  log.addEventListener(
    'copy',
    (event) => {
      const selection = getSelection();
      if (!selection || selection.isCollapsed || !event.clipboardData) return;
      const range = selection.getRangeAt(0);
      const said = [...log.querySelectorAll('[data-message-id]')].flatMap((row) => {
        const words = row.querySelector('.text');
        const item = itemOf(row);
        if (!words || !item || !range.intersectsNode(words)) return [];
        const text = selected(range, words, item.text);
        const name = shownNickname(item.nickname);
        return text === '' ? [] : [{ name, time: when.short(item.at), text }];
      });
      if (said.length === 0) return;
      event.clipboardData.setData('text/plain', cleanText(said));
      event.preventDefault();
    },
    { signal },
  );
}
