// @ts-check
// One dialog with a form in it: it closes when its act is done, and says in words why it could not be.
import { element } from './element.js';

/**
 * @param {{ name: string, title: string, body: (Node | string)[], submit: string, cancel: string, isAlarming?: boolean,
 *   act: (wanted: AbortSignal) => Promise<unknown>, problems: { other: string } & Record<string, string>, signal: AbortSignal }} options
 *   name: unique on the page; submit, cancel: the words on its buttons; act: no longer wanted once the dialog is closed;
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
  /** What is being done, until it is done or the dialog is closed. @type {AbortController | null} */
  let doing = null;
  let opening = new AbortController();

  function rest() {
    doing = null;
    form.removeAttribute('aria-busy');
  }

  /** @param {(wanted: AbortSignal) => Promise<unknown>} act */
  async function run(act) {
    if (doing) return;
    const mine = new AbortController();
    doing = mine;
    problem.textContent = '';
    form.setAttribute('aria-busy', 'true');
    try {
      await act(mine.signal);
      if (doing === mine) close();
    } catch (error) {
      if (doing !== mine) return;
      const code = error instanceof Error ? error.name : '';
      problem.textContent = problems[code] ?? problems.other;
    } finally {
      if (doing === mine) rest();
    }
  }

  function letGo() {
    opening.abort();
    doing?.abort();
    rest();
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
      return opening.signal;
    },
  };
}

/** What a user mended is named as a server would. @param {string} name @returns {Error} */
export const refusal = (name) => Object.assign(new Error(name), { name });
