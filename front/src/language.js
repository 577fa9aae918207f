// @ts-check
// The page in one language: which it is, the way it runs, and its words in the parts that are always there.
import { putWords } from './ui/static-words.js';
import { chooseLanguage, directionOf, localeOf, wordsIn } from './words/words.js';

/** @param {string | null} chosen in the settings @returns {{ words: import('./words/words.js').Catalogue, locale: string }} locale: BCP 47 */
export function speak(chosen) {
  const language = chooseLanguage(chosen, navigator.languages);
  const words = wordsIn(language);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  putWords(document, words.shell);
  return { words, locale: localeOf(language, navigator.languages) };
}
