// @ts-check
// What is left to write, and why a message cannot be sent: seen beside the field, and spoken when it turns.
import { compose } from '../core/composition.js';

const COUNT_BELOW = 500;

/**
 * @param {{ field: HTMLTextAreaElement, send: HTMLButtonElement, counter: HTMLElement, spoken: HTMLElement, room: string,
 *   words: import('../words/words.js').Catalogue['composer'] }} options
 */
export function createMeter({ field, send, counter, spoken, room, words }) {
  /** @type {import('../core/composition.js').Problem | null} */
  let known = null;

  /** @param {string} text @param {boolean} isWrong */
  function show(text, isWrong) {
    counter.hidden = text === '';
    counter.classList.toggle('over', isWrong);
    counter.textContent = text;
  }

  return {
    /** The field has changed. */
    review() {
      const { left, problem } = compose(field.value, room);
      const isWrong = problem !== null && problem !== 'empty';
      const count = left < 0 ? words.over(-left) : words.left(left);
      const why = problem ? words.problems[problem] : '';
      show([left < COUNT_BELOW ? count : '', why].filter(Boolean).join(' · '), isWrong);
      // The count changes with each key: a reader hears it once, when the message becomes too long.
      if (problem !== known) spoken.textContent = isWrong ? (counter.textContent ?? '') : '';
      known = problem;
      send.disabled = problem !== null;
      field.setAttribute('aria-invalid', String(isWrong));
      if (CSS.supports('field-sizing', 'content')) return;
      field.style.height = 'auto';
      field.style.height = `${field.scrollHeight}px`;
    },
    /** @param {string} why until the field changes */
    complain(why) {
      show(why, true);
      spoken.textContent = why;
    },
  };
}
