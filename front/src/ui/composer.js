// @ts-check
// Where one writes: Enter sends, Shift+Enter breaks the line, and the draft outlives a reload.
import { compose } from '../core/composition.js';
import { find } from './element.js';

const COUNT_BELOW = 500;
/** Some input methods report the Enter that ends a composition only by this key code. */
const COMPOSING_KEY = 229;
const PROBLEMS = {
  empty: '',
  tooLong: 'Too long to send.',
  tooHeavy: 'Too heavy to send: shorten it a little.',
};

/**
 * @param {{ root: ParentNode, room: string, draft: { read(): unknown, write(value: unknown): void },
 *   say: (text: string) => boolean }} options
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
    if (!say(field.value)) return;
    field.value = '';
    draft.write(null);
    review();
    field.focus();
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
