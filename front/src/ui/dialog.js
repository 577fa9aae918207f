// @ts-check
// One dialog with a form in it: it closes when its act is done, and says in words why it could not be.
import { element } from './element.js';
import { createErrand } from './errand.js';

/** @typedef {{ cancel: string, waits: string, problems: { other: string } & Record<string, string> }} Words
 *   waits: for a line that is down; problems: by the `name` of the Error that `act` rejects with */

/**
 * @param {{ name: string, title: string, body: (Node | string)[], submit: string, isAlarming?: boolean, other?: HTMLElement,
 *   act: (wanted: AbortSignal) => Promise<unknown>, chat: import('./errand.js').Lined, words: Words, signal: AbortSignal }} options
 *   name: unique on the page; submit: the words on its button; other: another way to answer, the last in reach; act: no longer wanted once the dialog is closed
 */
export function createDialog(options) {
  const { name, body, chat, words, signal } = options;
  const title = element('h2', { id: `${name}-title` }, options.title);
  const problem = element('p', { class: 'problem', role: 'alert', id: `${name}-problem` });
  const cancel = element('button', { type: 'button', class: 'cancel' }, words.cancel);
  const look = options.isAlarming ? 'save alarming' : 'save';
  const submit = element('button', { type: 'submit', class: look }, options.submit);
  const others = options.other === undefined ? [] : [options.other];
  const actions = element('div', { class: 'actions' }, cancel, submit, ...others);
  const form = element('form', { novalidate: '' });
  const errand = createErrand({ form, chat, waits: words.waits, signal });
  form.append(title, ...body, problem, errand.note, actions);
  const dialog = element('dialog', { 'aria-labelledby': title.id, class: name }, form);
  document.body.append(dialog);
  let opening = new AbortController();

  /** @param {(wanted: AbortSignal) => Promise<unknown>} act */
  async function run(act) {
    problem.textContent = '';
    try {
      if (await errand.run(act)) close();
    } catch (error) {
      const code = error instanceof Error ? error.name : '';
      problem.textContent = words.problems[code] ?? words.problems.other;
    }
  }

  function letGo() {
    opening.abort();
    errand.letGo();
  }

  function close() {
    letGo();
    dialog.close();
  }

  cancel.addEventListener('click', close);
  // Escape closes it too; the news may come when it is open again.
  dialog.addEventListener('close', () => dialog.open || letGo());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(options.act);
  });
  signal.addEventListener('abort', () => dialog.remove());
  return {
    title,
    submit,
    run,
    close,
    /** @returns {AbortSignal} until it is closed */
    open() {
      problem.textContent = '';
      opening = new AbortController();
      dialog.showModal();
      // The browser takes the first button, whatever it does: Enter shall lose nothing.
      const field = form.querySelector('input, textarea, select');
      if (field === null) (options.isAlarming ? cancel : submit).focus();
      return opening.signal;
    },
  };
}

/** What a user mended is named as a server would. @param {string} name @returns {Error} */
export const refusal = (name) => Object.assign(new Error(name), { name });
