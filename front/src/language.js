// @ts-check
// The page in one language: which it is, the way it runs, and its words in the parts that are always there.
import { putWords } from './ui/static-words.js';
import { chooseLanguage, directionOf, localeOf, wordsIn } from './words/words.js';

/** @typedef {{ language: import('./words/words.js').Language, words: import('./words/words.js').Catalogue, locale: string, isWanted: boolean }} Tongue locale: BCP 47; isWanted: no other takes its place */

/** The reader's language; English while its words cannot be fetched. @param {string | null} chosen in the settings @param {(error: unknown) => void} trouble @returns {Promise<Tongue>} */
export async function learn(chosen, trouble) {
  const language = chooseLanguage(chosen, navigator.languages);
  try {
    return tongueOf(language, await wordsIn(language), true);
  } catch (error) {
    trouble(error);
    return tongueOf('en', await wordsIn('en'), false);
  }
}

/** @param {Tongue['language']} language @param {Tongue['words']} words @param {boolean} isWanted @returns {Tongue} */
const tongueOf = (language, words, isWanted) => ({
  ...{ language, words, isWanted },
  locale: localeOf(language, navigator.languages),
});

/** @param {Tongue} tongue */
export function speak({ language, words }) {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  putWords(document, words.shell);
}
