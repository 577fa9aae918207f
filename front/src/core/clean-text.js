// @ts-check
// What a copied piece of conversation reads like elsewhere: names, times and words, and nothing of the page.

/** @typedef {{ name: string, time: string, text: string }} Said */

/** @param {Said[]} said top to bottom @returns {string} the words alone of one message, `name, time: words` of several */
export function cleanText(said) {
  const [only] = said;
  if (only && said.length === 1) return only.text;
  return said.map(({ name, time, text }) => `${name}, ${time}: ${text}`).join('\n');
}
