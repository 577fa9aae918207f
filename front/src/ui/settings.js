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
 * @param {{ root: ParentNode, dialogs: import('./dialog-fetcher.js').DialogFetcher, settings: Settings,
 *   keep: (settings: Settings) => void, addressChanged: () => void, languageChanged: () => void,
 *   notify: Notifying, signal: AbortSignal }} options languageChanged: and with it maybe the address
 */
export function createSettings(options) {
  const { root, dialogs, keep, addressChanged, languageChanged, notify, signal } = options;
  const tag = find(root, '.server-tag', HTMLElement);
  const shown = element('code', { class: 'server-now' });
  let settings = options.settings;
  /** @type {(() => void) | null} null for guests */
  let signOut = null;
  const form = dialogs.lazily(
    ({ createSettingsForm }, words) =>
      createSettingsForm({ ...{ shown, save, notify, signal }, words: words.settings }),
    signal,
  );

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
    () => void form.use(({ open }) => open(settings, signOut)),
    { signal },
  );
  show();
  return {
    now: () => settings,
    /** Where people sign in, they may sign out. @param {() => void} leave */
    offersSignOut(leave) {
      signOut = leave;
    },
    /** @param {string} url where the page is connected to now */
    using: (url) => shown.replaceChildren(url),
  };
}
