// @ts-check
// Where one writes: Enter sends, Shift+Enter breaks the line, and the draft outlives a reload.
import { compose } from '../core/composition.js';
import { find } from './element.js';

const COUNT_BELOW = 500;
/** Some input methods report the Enter that ends a composition only by this key code. */
const COMPOSING_KEY = 229;
export const NOT_SENT = 'Not sent. Try again.';
const PROBLEMS = {
  empty: '',
  tooLong: 'Too long to send.',
  tooHeavy: 'Too heavy to send: shorten it a little.',
};

/**
 * @param {{ root: ParentNode, room: string, draft: { read(): unknown, write(value: unknown): void },
 *   say: (text: string) => Promise<unknown> | null }} options
 *   say: null if it cannot be said now; when it is rejected, the words come back to the field
 */
export function createComposer({ root, room, draft, say }) {
  const form = find(root, '.composer', HTMLFormElement);
  const field = find(form, 'textarea', HTMLTextAreaElement);
  const send = find(form, '.send', HTMLButtonElement);
  const counter = find(form, '.counter', HTMLElement);

  function review() {
    const { left, problem } = compose(field.value, room);
    send.disabled = problem !== null;
    counter.hidden = left >= COUNT_BELOW && problem !== 'tooHeavy';
    counter.classList.toggle('over', problem === 'tooLong' || problem === 'tooHeavy');
    const count = left < 0 ? `${-left} over` : `${left} left`;
    counter.textContent = [count, problem && PROBLEMS[problem]].filter(Boolean).join(' · ');
    field.setAttribute('aria-invalid', String(left < 0 || problem === 'tooHeavy'));
    if (CSS.supports('field-sizing', 'content')) return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }

  function submit() {
    const words = field.value;
    const said = say(words);
    if (!said) return;
    said.catch(() => putBack(words));
    field.value = '';
    draft.write(null);
    review();
    field.focus();
  }

  /** @param {string} words */
  function putBack(words) {
    field.value = [words, field.value].filter(Boolean).join('\n');
    draft.write(field.value);
    review();
    counter.hidden = false;
    counter.classList.add('over');
    counter.textContent = NOT_SENT;
  }

  field.addEventListener('input', () => {
    draft.write(field.value || null);
    review();
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    if (event.isComposing || event.keyCode === COMPOSING_KEY) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });

  const kept = draft.read();
  if (typeof kept === 'string') field.value = kept;
  review();
  return { focus: () => field.focus() };
}
