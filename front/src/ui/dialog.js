// @ts-check
// One dialog with a form in it: it closes when its act is done, and says in words why it could not be.
import { element } from './element.js';

/**
 * @param {{ name: string, title: string, body: (Node | string)[], submit: string, cancel: string, isAlarming?: boolean,
 *   act: () => Promise<unknown>, problems: { other: string } & Record<string, string>, signal: AbortSignal }} options
 *   name: unique on the page; submit, cancel: the words on its buttons;
 *   problems: words by the `name` of the Error that `act` rejects with
 */
export function createDialog(options) {
  const { name, body, problems, signal } = options;
  const title = element('h2', { id: `${name}-title` }, options.title);
  const problem = element('p', { class: 'problem', role: 'alert', id: `${name}-problem` });
  const cancel = element('button', { type: 'button', class: 'cancel' }, options.cancel);
  const look = options.isAlarming ? 'save alarming' : 'save';
  const submit = element('button', { type: 'submit', class: look }, options.submit);
  const actions = element('div', { class: 'actions' }, cancel, submit);
  const form = element('form', { novalidate: '' }, title, ...body, problem, actions);
  const dialog = element('dialog', { 'aria-labelledby': title.id, class: name }, form);
  document.body.append(dialog);
  let isBusy = false;

  /** @param {() => Promise<unknown>} act */
  async function run(act) {
    if (isBusy) return;
    isBusy = true;
    problem.textContent = '';
    form.setAttribute('aria-busy', 'true');
    try {
      await act();
      dialog.close();
    } catch (error) {
      const code = error instanceof Error ? error.name : '';
      problem.textContent = problems[code] ?? problems.other;
    } finally {
      isBusy = false;
      form.removeAttribute('aria-busy');
    }
  }

  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(options.act);
  });
  signal.addEventListener('abort', () => dialog.remove());
  return {
    title,
    submit,
    run,
    close: () => dialog.close(),
    open() {
      problem.textContent = '';
      dialog.showModal();
    },
  };
}

/** What a user mended is named as a server would. @param {string} name @returns {Error} */
export const refusal = (name) => Object.assign(new Error(name), { name });
