// @ts-check
// The dialog of the settings: it checks what is typed before anything changes.
import { checkAddress } from '../core/address.js';
import { element } from './element.js';

/** @typedef {import('./settings.js').Settings} Settings */

/** The browser may be asking its user, or answer never. */
const ANSWER_MS = 2_000;

/** @param {string} name @param {Record<string, string>} choices by value */
function select(name, choices) {
  const options = Object.entries(choices).map(([value, word]) =>
    element('option', { value }, word),
  );
  return element('select', { id: name, name }, ...options);
}

/** @param {string} id @param {string} word */
const label = (id, word) => element('label', { for: id }, word);

/** @param {string} type @param {string} name @param {string} word */
const button = (type, name, word) => element('button', { type, class: name }, word);

/**
 * @param {{ words: typeof import('../words/dialogs-en.js').dialogsEn.settings, shown: HTMLElement, save: (settings: Settings) => void,
 *   notify: import('./settings.js').Notifying, signal: AbortSignal }} options shown: where the page is connected to
 */
export function createSettingsForm({ words, shown, save, notify, signal }) {
  const theme = select('theme', { auto: words.auto, light: words.light, dark: words.dark });
  const language = select('language', {
    auto: words.autoLanguage,
    en: 'English',
    ar: 'العربية',
  });
  const field = element('input', {
    id: 'address',
    type: 'url',
    inputmode: 'url',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'wss://…',
    dir: 'ltr',
    'aria-describedby': 'address-problem address-help',
  });
  const problem = element('p', { class: 'problem', id: 'address-problem', role: 'alert' });
  const notified = element('input', { type: 'checkbox', 'aria-describedby': 'notify-answer' });
  const answered = element('p', { class: 'help', id: 'notify-answer', role: 'status' });
  const leave = element('button', { type: 'button', class: 'sign-out', hidden: '' }, words.signOut);
  const reset = button('button', 'reset', words.reset);
  const cancel = button('button', 'cancel', words.cancel);
  const form = element(
    'form',
    { novalidate: '' },
    element('h2', { id: 'settings-title' }, words.title),
    label('theme', words.appearance),
    theme,
    label('language', words.language),
    language,
    element('label', { class: 'choice notify' }, notified, words.notify),
    answered,
    label('address', words.address),
    field,
    problem,
    element(
      'p',
      { class: 'help', id: 'address-help' },
      words.now,
      ' ',
      shown,
      '. ',
      words.addressHelp,
    ),
    leave,
    element('div', { class: 'actions' }, reset, cancel, button('submit', 'save', words.save)),
  );
  const dialog = element('dialog', { 'aria-labelledby': 'settings-title' }, form);
  document.body.append(dialog);
  signal.addEventListener('abort', () => dialog.remove());

  /** @param {string | null} address @returns {Settings} */
  const chosen = (address) => ({
    address,
    theme: /** @type {Settings['theme']} */ (theme.value),
    language: /** @type {Settings['language']} */ (language.value),
  });

  /** @param {Settings} next */
  function done(next) {
    dialog.close();
    save(next);
  }

  function submit() {
    const typed = field.value.trim();
    const checked = typed ? checkAddress(typed) : { url: null };
    const why = 'why' in checked ? words.wrongAddress[checked.why] : '';
    problem.textContent = why;
    field.setAttribute('aria-invalid', String(why !== ''));
    if ('why' in checked) field.focus();
    else done(chosen(checked.url));
  }

  cancel.addEventListener('click', () => dialog.close());
  reset.addEventListener('click', () => done(chosen(null)));
  notified.addEventListener('change', async () => {
    const wanted = notified.checked;
    const turning = notify.turn(wanted);
    // Until the browser has answered, it allows nothing.
    notified.checked = false;
    const timer = setTimeout(() => answered.replaceChildren(words.notifyRefused), ANSWER_MS);
    notified.checked = await turning;
    clearTimeout(timer);
    answered.textContent = wanted && !notified.checked ? words.notifyRefused : '';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  return {
    /** @param {Settings} settings to begin with @param {(() => void) | null} signOut null for guests */
    open(settings, signOut) {
      leave.hidden = signOut === null;
      leave.onclick = signOut;
      field.value = settings.address ?? '';
      theme.value = settings.theme;
      language.value = settings.language;
      problem.textContent = '';
      answered.textContent = '';
      notified.checked = notify.isOn();
      field.removeAttribute('aria-invalid');
      dialog.showModal();
    },
  };
}
