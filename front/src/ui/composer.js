// @ts-check
// Where one writes: Enter sends, Shift+Enter breaks the line, and nothing that was written is lost. On a screen for fingers Enter
// breaks the line, because no Shift+Enter is there, and the button sends.
import { compose } from '../core/composition.js';
import { createCompletion } from './completion.js';
import { buildComposer } from './composer-form.js';
import { keepDraft } from './draft.js';
import { replaceText, settleDirection } from './editing.js';
import { refuseFiles } from './files.js';
import { createMeter } from './meter.js';

/** Some input methods report the Enter that ends a composition only by this key code. */
const COMPOSING_KEY = 229;
const FINGERS = '(hover: none) and (pointer: coarse)';

/**
 * @param {{ root: HTMLElement, name: string, title: string, say: (text: string) => Promise<unknown> | null,
 *   draft: import('./draft.js').Draft, unsent: () => string | null, members: () => { userId: string, nickname: string }[],
 *   typing: (on: boolean) => void, trouble: (error: unknown) => void,
 *   words: import('../words/words.js').Catalogue['composer'], signal: AbortSignal }} options
 *   root: the form; name: the room's; title: whom it is for; say: null if it cannot be said now, and when it is rejected
 *   the words come back to the field; unsent: the last that was not sent, for the arrow up
 */
export function createComposer({ root, name, title, words, signal, ...options }) {
  const { say, draft, unsent, members, typing, trouble } = options;
  const hasKeys = !matchMedia(FINGERS).matches;
  const parts = buildComposer(root, title, words, hasKeys);
  const { field } = parts;
  const meter = createMeter({ ...parts, room: name, words });
  const kept = keepDraft({ field, draft, changed: meter.review, signal });
  const completing = { field, list: parts.completions, members, words, trouble, signal };
  const completion = createCompletion({ ...completing, changed: edited });

  function edited() {
    settleDirection(field);
    kept.write();
    meter.review();
    typing(field.value !== '');
  }

  /** @param {string} text before what stands in the field, which stays */
  function put(text) {
    replaceText(field, 0, 0, field.value === '' ? text : `${text}\n`);
    field.setSelectionRange(text.length, text.length);
  }

  function submit() {
    const text = field.value;
    if (compose(text, name).problem) return;
    const said = say(text);
    if (!said) return meter.complain(words.notYet);
    said.catch(() => {
      put(text);
      meter.complain(words.notSent);
    });
    field.value = '';
    completion.hide();
    edited();
    field.focus();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key did something here */
  function pressed(event) {
    if (event.isComposing || event.keyCode === COMPOSING_KEY) return false;
    if (completion.takes(event)) return true;
    if (event.key === 'Enter' && !event.shiftKey && (hasKeys || event.ctrlKey || event.metaKey)) {
      submit();
      return true;
    }
    const last = event.key === 'ArrowUp' && field.value === '' ? unsent() : null;
    if (last) put(last);
    return last !== null;
  }

  /** @param {Event} event */
  function typed(event) {
    edited();
    if (!(event instanceof InputEvent && event.isComposing)) completion.look();
  }

  field.addEventListener('input', typed, { signal });
  field.addEventListener('compositionend', typed, { signal });
  field.addEventListener('click', completion.look, { signal });
  field.addEventListener('blur', () => typing(false), { signal });
  /** @param {KeyboardEvent} event */
  const keyed = (event) => {
    if (!pressed(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  field.addEventListener('keydown', keyed, { signal });
  /** @param {Event} event */
  const submitted = (event) => {
    event.preventDefault();
    submit();
  };
  root.addEventListener('submit', submitted, { signal });
  refuseFiles({ field, refuse: () => meter.complain(words.noFiles), signal });
  settleDirection(field);
  meter.review();
  return {
    focus: () => field.focus(),
    titled: parts.titled,
    /** @param {string} text to be written on */
    put(text) {
      put(text);
      field.focus();
    },
  };
}
