// @ts-check
// The dialog of one's own nickname: checked while it can still be changed, and when it is somebody else's, another offered.
import { nicknameProblem } from '../core/introduction.js';
import { element } from './element.js';
import { createErrand } from './errand.js';

/** @typedef {import('./errand.js').Lined & { me: () => { nickname: string }, setNickname: (nickname: string, wanted: AbortSignal) => Promise<{ nickname: string }> }} Named
 *   setNickname rejects with an Error named by the server's code; `NicknameTaken` has a `suggestion` */

/**
 * @param {{ chat: Named, words: typeof import('../words/dialogs-en.js').dialogsEn.nickname, waits: string, signal: AbortSignal }} options
 *   waits: the words for a line that is down
 */
export function createNicknameDialog({ chat, words, waits, signal }) {
  const problem = element('p', { class: 'problem', id: 'nickname-problem', role: 'alert' });
  const field = element('input', {
    id: 'nickname',
    autocomplete: 'nickname',
    spellcheck: 'false',
    dir: 'auto',
    'aria-describedby': 'nickname-problem nickname-help',
  });
  const offer = element('button', { type: 'button', class: 'suggestion', hidden: '' });
  const cancel = element('button', { type: 'button', class: 'cancel' }, words.cancel);
  const save = element('button', { type: 'submit', class: 'save' }, words.save);
  const form = element('form', { novalidate: '', class: 'nickname-form' });
  const errand = createErrand({ form, chat, waits, signal });
  form.append(
    element('h2', { id: 'nickname-title' }, words.nicknameTitle),
    element('label', { for: 'nickname' }, words.nicknameLabel),
    field,
    problem,
    offer,
    element('p', { class: 'help', id: 'nickname-help' }, words.nicknameHelp),
    errand.note,
    element('div', { class: 'actions' }, cancel, save),
  );
  const dialog = element('dialog', { 'aria-labelledby': 'nickname-title' }, form);
  const complaints = {
    empty: words.nicknameEmpty,
    tooLong: words.nicknameTooLong,
    unseemly: words.nicknameUnseemly,
  };
  let suggested = '';

  /** @param {(Node | string)[]} why none: all is well @param {string} [instead] */
  function complain(why, instead = '') {
    problem.replaceChildren(...why);
    field.setAttribute('aria-invalid', String(why.length > 0));
    suggested = instead;
    offer.hidden = instead === '';
    offer.replaceChildren(...words.takeSuggestion(element('bdi', {}, instead)));
  }

  /** @param {unknown} error @param {string} nickname that was asked for */
  function refused(error, nickname) {
    const isTaken = error instanceof Error && error.name === 'NicknameTaken';
    if (!isTaken) return complain([words.nicknameFailed]);
    const instead = 'suggestion' in error ? String(error.suggestion) : '';
    complain(words.nicknameTaken(element('bdi', {}, nickname)), instead);
  }

  /** @param {string} nickname */
  async function take(nickname) {
    const found = nicknameProblem(nickname);
    complain(found ? [complaints[found]] : []);
    if (found) return field.focus();
    try {
      if (await errand.run((wanted) => chat.setNickname(nickname, wanted))) dialog.close();
    } catch (error) {
      refused(error, nickname);
      field.focus();
    }
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await take(field.value.trim());
  });
  offer.addEventListener('click', async () => {
    field.value = suggested;
    await take(suggested);
  });
  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.open || errand.letGo());
  signal.addEventListener('abort', () => dialog.remove(), { once: true });
  document.body.append(dialog);
  return {
    open() {
      errand.letGo();
      complain([]);
      field.value = chat.me().nickname;
      dialog.showModal();
      field.select();
    },
  };
}
