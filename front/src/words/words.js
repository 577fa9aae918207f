// @ts-check
// The words of the reader's language: what the settings say, else what the browser prefers.
import { en } from './en.js';
import { pinned } from './plural.js';

export { plural } from './plural.js';

/** @typedef {typeof en} Catalogue */

/** English comes with the page, so that there are words whatever does not; another language when it is wanted. */
const CATALOGUES = {
  en: () => Promise.resolve(en),
  ar: async () => (await import('./ar.js')).ar,
};

/** @typedef {keyof typeof CATALOGUES} Language */

/** @param {string} tag as of BCP 47 @returns {Language | null} */
function languageOf(tag) {
  const [language] = tag.toLowerCase().split('-');
  return language === 'en' || language === 'ar' ? language : null;
}

/** @param {string | null} chosen in the settings @param {readonly string[]} preferred by the browser @returns {Language} */
export const chooseLanguage = (chosen, preferred) =>
  (chosen && languageOf(chosen)) ||
  preferred.map(languageOf).find((language) => language !== null) ||
  'en';

/** Rejects where they cannot be fetched. @param {Language} language @returns {Promise<Catalogue>} */
export const wordsIn = (language) => CATALOGUES[language]();

/** @param {Language} language @returns {'ltr' | 'rtl'} */
export const directionOf = (language) => (language === 'ar' ? 'rtl' : 'ltr');

/** Chrome on a machine without a locale prefers `en-US@posix`, at which every Intl throws. @param {string} tag */
function isTag(tag) {
  try {
    return pinned(tag) !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The browser's own variant of the language (`en-GB` for English) for dates and numbers, else the language alone; its digits and calendar are pinned.
 * @param {Language} language @param {readonly string[]} preferred by the browser @returns {string} BCP 47
 */
export const localeOf = (language, preferred) =>
  pinned(preferred.find((tag) => languageOf(tag) === language && isTag(tag)) ?? language);
