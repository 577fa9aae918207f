// @ts-check
// One dialog with a form in it: it closes when its act is done, and says in words why it could not be.
import { element } from './element.js';
import { createErrand } from './errand.js';
import { createIcon } from './icon.js';

/** @typedef {{ cancel: string, waits: string, problems: { other: string } & Record<string, string> }} Words
 *   waits: for a line that is down; problems: by the `name` of the Error that `act` rejects with */
/** @typedef {(wanted: AbortSignal) => Promise<unknown>} Act no longer wanted once the dialog is closed */
/** @typedef {{ words: string, act: Act }} Remedy what to do instead of what was refused: the words on a button, and its act */
/** @typedef {{ head: string, isPrivate: boolean }} RoomTitle as core/room-entries.js has it */

/**
 * @param {{ name: string, title: string, body: (Node | string)[], submit?: { words: string, act: Act, isAlarming?: boolean }, other?: HTMLElement,
 *   close?: string, chat: import('./errand.js').Lined, words: Words, signal: AbortSignal }} options
 *   name: unique on the page; submit: absent where the body has the ways on; other: another way to answer, the last in reach;
 *   close: the words on the button that only closes it, `cancel` if absent
 */
export function createDialog(options) {
  const { name, body, chat, words, signal } = options;
  const title = element('h2', { id: `${name}-title` }, options.title);
  const problem = element('p', { class: 'problem', role: 'alert', id: `${name}-problem` });
  const remedy = element('button', { type: 'button', class: 'remedy', hidden: '' });
  const cancel = element(
    'button',
    { type: 'button', class: 'cancel' },
    options.close ?? words.cancel,
  );
  const { isAlarming = false } = options.submit ?? {};
  const look = isAlarming ? 'save alarming' : 'save';
  const submit = element('button', { type: 'submit', class: look }, options.submit?.words ?? '');
  submit.hidden = options.submit === undefined;
  const others = options.other === undefined ? [] : [options.other];
  const actions = element('div', { class: 'actions' }, cancel, submit, ...others);
  const form = element('form', { novalidate: '' });
  const errand = createErrand({ form, chat, waits: words.waits, signal });
  form.append(title, ...body, problem, remedy, errand.note, actions);
  const dialog = element('dialog', { 'aria-labelledby': title.id, class: name }, form);
  document.body.append(dialog);
  let opening = new AbortController();

  /** @param {string} why empty: all is well @param {Remedy} [instead] */
  function complain(why, instead) {
    problem.textContent = why;
    remedy.hidden = instead === undefined;
    remedy.textContent = instead?.words ?? '';
    remedy.onclick = instead ? () => void run(instead.act) : null;
  }

  /** @param {Act} act */
  async function run(act) {
    complain('');
    try {
      if (await errand.run(act)) close();
    } catch (error) {
      const code = error instanceof Error ? error.name : '';
      const instead = error instanceof Refusal ? error.remedy : undefined;
      complain(words.problems[code] ?? words.problems.other, instead);
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

  /** The first that is there to be seen; a button that takes something away has to be looked for. */
  function first() {
    const controls = [...form.querySelectorAll('input, select, .ways button')];
    const shown = controls.find(
      (control) => control.checkVisibility() && !control.matches('.alarming'),
    );
    const way = submit.hidden || isAlarming ? cancel : submit;
    return shown instanceof HTMLElement ? shown : way;
  }

  cancel.addEventListener('click', close);
  // Escape closes it too; the news may come when it is open again.
  dialog.addEventListener('close', () => dialog.open || letGo());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (options.submit) void run(options.submit.act);
  });
  signal.addEventListener('abort', () => dialog.remove());
  return {
    submit,
    cancel,
    run,
    close,
    /** @param {string} words @param {boolean} [isPrivate] of a room: it has a lock */
    titled(words, isPrivate = false) {
      title.replaceChildren(...(isPrivate ? [createIcon('lock'), ' '] : []), words);
    },
    /** @returns {AbortSignal} until it is closed */
    open() {
      complain('');
      opening = new AbortController();
      dialog.showModal();
      // The browser takes the first button, whatever it does: Enter shall lose nothing.
      first().focus();
      return opening.signal;
    },
  };
}

class Refusal extends Error {
  /** @param {string} name @param {Remedy} [remedy] */
  constructor(name, remedy) {
    super(name);
    this.name = name;
    this.remedy = remedy;
  }
}

/** What a user may mend, named as a server would. @param {string} name @param {Remedy} [remedy] @returns {Error} */
export const refusal = (name, remedy) => new Refusal(name, remedy);
