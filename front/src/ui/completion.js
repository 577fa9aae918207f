// @ts-check
// Offers names and emoji for the word that is being written.
import { closedAt, completed, emojiFor, peopleFor, stands, wishAt } from '../core/completion.js';
import { replaceText } from './editing.js';
import { element } from './element.js';
import { createListbox } from './listbox.js';

/** @typedef {import('../core/completion.js').Option} Option */
/** @typedef {import('../core/completion.js').Wish} Wish */

const LEAVES = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown']);

/** @param {Option} option @param {number} at */
const rowOf = ({ name, sign }, at) =>
  element(
    'li',
    { id: `completion-${at}` },
    ...(sign ? [element('span', { class: 'sign', 'aria-hidden': 'true' }, sign)] : []),
    element('bdi', {}, sign ? `:${name}:` : `@${name}`),
  );

/**
 * @param {{ field: HTMLTextAreaElement, list: HTMLElement, members: () => { nickname: string }[],
 *   words: import('../words/words.js').Catalogue['composer'], changed: () => void, trouble: (error: unknown) => void,
 *   signal: AbortSignal }} options changed: something was put into the field
 */
export function createCompletion({ field, list, members, words, changed, trouble, signal }) {
  /** @type {Wish | null} */
  let wish = null;
  /** @type {Option[]} */
  let options = [];
  let turn = 0;
  /** Where the list was closed by hand: it stays closed for that word. */
  let closedFrom = -1;
  const emoji = async () => (await import('../core/emoji.js')).EMOJI;
  const listbox = createListbox({ field, list, took: take, signal });

  function hide() {
    turn += 1;
    wish = null;
    listbox.hide();
  }

  /** @param {Wish} found @param {Option[]} offered */
  function show(found, offered) {
    if (offered.every(({ insert }) => stands(field.value, found, insert))) return hide();
    wish = found;
    options = offered;
    listbox.show(found.kind === 'emoji' ? words.emoji : words.people, offered.map(rowOf));
  }

  /** @param {Wish} found @param {string} insert */
  function replace(found, insert) {
    const { text, caret } = completed(field.value, found, insert);
    const rest = field.value.length - found.to;
    hide();
    replaceText(field, found.from, found.to, text.slice(found.from, text.length - rest));
    field.setSelectionRange(caret, caret);
    changed();
  }

  /** @param {number} at */
  function take(at) {
    const option = options[at];
    if (wish && option) replace(wish, option.insert);
  }

  async function look() {
    const { value, selectionStart, selectionEnd } = field;
    const closed = closedAt(value, selectionStart);
    const found = closed ?? wishAt(value, selectionStart);
    if (found?.from !== closedFrom) closedFrom = -1;
    if (!found || selectionStart !== selectionEnd || closedFrom >= 0) return hide();
    turn += 1;
    const mine = turn;
    if (found.kind === 'mention') return show(found, peopleFor(members(), found.query));
    const table = await emoji();
    if (mine !== turn || field.value !== value) return;
    const exact = closed && table.get(closed.query.toLowerCase());
    if (exact) replace(found, exact);
    else show(found, closed ? [] : emojiFor(table, found.query));
  }

  field.addEventListener('blur', hide, { signal });

  return {
    /** The text or the caret changed. */
    look: () => void look().catch(trouble),
    hide,
    /** @param {KeyboardEvent} event @returns {boolean} whether the list took it */
    takes({ key, shiftKey }) {
      if (!wish || shiftKey) return false;
      if (LEAVES.has(key)) hide();
      if (listbox.moves(key)) return true;
      const chosen = options[listbox.active()];
      // Of "Ada" and "Ada-2" the one that is written out already: Enter sends it.
      if (key === 'Enter' && chosen && stands(field.value, wish, chosen.insert)) return false;
      if (key === 'Enter' || key === 'Tab') take(listbox.active());
      else if (key === 'Escape' && wish) {
        closedFrom = wish.from;
        hide();
      } else return false;
      return true;
    },
  };
}
