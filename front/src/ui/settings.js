// @ts-check
// The settings: another server typed by hand, and light or dark. Kept on this machine, never taken from a link.
import { checkAddress } from '../core/address.js';
import { find } from './element.js';

/** @typedef {{ address: string | null, theme: 'auto' | 'light' | 'dark' }} Settings */

/** @param {unknown} stored @returns {Settings} what was kept, as far as it is sound */
export function readSettings(stored) {
  const kept = typeof stored === 'object' && stored !== null ? stored : {};
  const checked = 'address' in kept ? checkAddress(String(kept.address)) : null;
  const theme = 'theme' in kept && (kept.theme === 'light' || kept.theme === 'dark');
  return {
    address: checked && 'url' in checked ? checked.url : null,
    theme: theme ? /** @type {Settings['theme']} */ (kept.theme) : 'auto',
  };
}

/** @param {Settings['theme']} theme */
function wear(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/**
 * @param {{ root: ParentNode, slot: { read(): unknown, write(value: unknown): void },
 *   addressChanged: (address: string | null) => void }} options address null: the default again
 */
export function createSettings({ root, slot, addressChanged }) {
  const dialog = find(root, 'dialog', HTMLDialogElement);
  const form = find(dialog, 'form', HTMLFormElement);
  const field = find(dialog, '[name="address"]', HTMLInputElement);
  const theme = find(dialog, '[name="theme"]', HTMLSelectElement);
  const problem = find(dialog, '.problem', HTMLElement);
  const shown = find(dialog, '.server-now', HTMLElement);
  const tag = find(root, '.server-tag', HTMLElement);
  let settings = readSettings(slot.read());

  /** @param {Settings} next */
  function adopt(next) {
    const moved = next.address !== settings.address;
    settings = next;
    slot.write(settings);
    show();
    dialog.close();
    if (moved) addressChanged(settings.address);
  }

  function show() {
    wear(settings.theme);
    tag.hidden = settings.address === null;
    tag.textContent = settings.address ? new URL(settings.address).host : '';
  }

  function save() {
    const typed = field.value.trim();
    const checked = typed ? checkAddress(typed) : { url: null };
    const why = 'why' in checked ? checked.why : '';
    problem.textContent = why;
    field.setAttribute('aria-invalid', String(why !== ''));
    if ('why' in checked) return field.focus();
    adopt({ address: checked.url, theme: /** @type {Settings['theme']} */ (theme.value) });
  }

  function open() {
    field.value = settings.address ?? '';
    theme.value = settings.theme;
    problem.textContent = '';
    field.removeAttribute('aria-invalid');
    dialog.showModal();
  }

  find(root, '.open-settings', HTMLButtonElement).addEventListener('click', open);
  find(dialog, '.cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
  find(dialog, '.reset', HTMLButtonElement).addEventListener('click', () =>
    adopt({ ...settings, address: null }),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save();
  });
  show();
  return {
    address: () => settings.address,
    /** @param {string} url where the page is connected to now */
    using: (url) => shown.replaceChildren(url),
  };
}
