// @ts-check
// Changes a text field as its user would, so that undo takes each change back, and keeps typing quick in a huge text.

/** Beyond it, the browser looks for the direction of the whole text after each key: half a second for 300 KB. */
const MOST_AUTO = 2_000;
const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Puts `text` in the place of what stands between the two, and the caret behind it. An `input` event follows.
 * @param {HTMLTextAreaElement} field @param {number} from @param {number} to @param {string} text
 */
export function replaceText(field, from, to, text) {
  const isIn = document.activeElement === field;
  field.setSelectionRange(from, to);
  // Deprecated, and the only way that leaves undo whole; it works on the field that has the focus.
  if (isIn && document.execCommand('insertText', false, text)) return;
  field.setRangeText(text, from, to, 'end');
  field.dispatchEvent(new InputEvent('input', { inputType: 'insertText', bubbles: true }));
}

/**
 * A long text keeps the direction of its first letter, a short one is looked at by the browser. An empty field has the page's, as
 * WebKit would show its placeholder from the left.
 * @param {HTMLTextAreaElement} field
 */
export function settleDirection(field) {
  const { value } = field;
  if (value === '') return field.removeAttribute('dir');
  const letter = value.length > MOST_AUTO ? (LETTER.exec(value)?.[0] ?? '') : '';
  const next = value.length <= MOST_AUTO ? 'auto' : RIGHT_TO_LEFT.test(letter) ? 'rtl' : 'ltr';
  if (field.dir !== next) field.dir = next;
}
