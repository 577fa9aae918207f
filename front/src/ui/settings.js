// @ts-check
// The settings: appearance, language, notifications, and another server typed by hand. Kept on this machine, never taken from a link.
import { checkAddress } from '../core/address.js';
import { element, find } from './element.js';

/** @typedef {{ address: string | null, theme: 'auto' | 'light' | 'dark', language: 'auto' | 'en' | 'ar' }} Settings */

/** @typedef {{ isOn(): boolean, turn(on: boolean): Promise<boolean> }} Notifying
 *   turn: by a click, for the browser's leave may have to be asked; answers whether it is on now */

/** @param {unknown} stored @returns {Settings} what was kept, as far as it is sound */
export function readSettings(stored) {
  const kept = typeof stored === 'object' && stored !== null ? stored : {};
  const checked = 'address' in kept ? checkAddress(String(kept.address)) : null;
  const theme = 'theme' in kept && (kept.theme === 'light' || kept.theme === 'dark');
  const language = 'language' in kept && (kept.language === 'en' || kept.language === 'ar');
  return {
    address: checked && 'url' in checked ? checked.url : null,
    theme: theme ? /** @type {Settings['theme']} */ (kept.theme) : 'auto',
    language: language ? /** @type {Settings['language']} */ (kept.language) : 'auto',
  };
}

/** @param {Settings['theme']} theme */
export function wear(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/**
 * @param {{ root: ParentNode, words: typeof import('../words/en.js').en.settings, settings: Settings,
 *   keep: (settings: Settings) => void, addressChanged: () => void, languageChanged: () => void,
 *   notify: Notifying, failed: (error: unknown) => void, signal: AbortSignal }} options
 *   languageChanged: and with it maybe the address; failed: the dialog cannot be fetched
 */
export function createSettings(options) {
  const { root, words, keep, addressChanged, languageChanged, notify, failed, signal } = options;
  const tag = find(root, '.server-tag', HTMLElement);
  const shown = element('code', { class: 'server-now' });
  let settings = options.settings;
  /** @type {ReturnType<typeof import('./settings-form.js').createSettingsForm> | null} */
  let form = null;
  /** @type {(() => void) | null} */
  let leave = null;

  /** Few open it, and a first load is small. */
  async function open() {
    const { createSettingsForm } = await import('./settings-form.js');
    if (signal.aborted) return;
    form ??= createSettingsForm({ words, shown, save, notify, signal });
    if (leave) form.offers(leave);
    form.open(settings);
  }

  /** @param {Settings} next */
  function save(next) {
    const before = settings;
    settings = next;
    keep(settings);
    show();
    if (before.language !== next.language) languageChanged();
    else if (before.address !== next.address) addressChanged();
  }

  function show() {
    wear(settings.theme);
    tag.hidden = settings.address === null;
    tag.textContent = settings.address ? new URL(settings.address).host : '';
  }

  find(root, '.open-settings', HTMLButtonElement).addEventListener(
    'click',
    () => void open().catch(failed),
    { signal },
  );
  show();
  return {
    now: () => settings,
    /** @param {() => void} signOut */
    offersSignOut(signOut) {
      leave = signOut;
      form?.offers(signOut);
    },
    /** @param {string} url where the page is connected to now */
    using: (url) => shown.replaceChildren(url),
  };
}
