// @ts-check
// Puts the catalogue's words into the parts of index.html that are always there.

const PLACES = {
  word: (/** @type {Element} */ node, /** @type {string} */ word) => node.replaceChildren(word),
  label: (/** @type {Element} */ node, /** @type {string} */ word) =>
    node.setAttribute('aria-label', word),
  title: (/** @type {Element} */ node, /** @type {string} */ word) =>
    node.setAttribute('title', word),
};

/**
 * `data-word` is an element's text, `data-label` its name, `data-title` its hint; each names a word of the section.
 * Throws an Error for a word that the catalogue lacks: then the page and its script are of different versions.
 * @param {ParentNode} root @param {Readonly<Record<string, unknown>>} words
 */
export function putWords(root, words) {
  for (const [place, put] of Object.entries(PLACES))
    for (const node of root.querySelectorAll(`[data-${place}]`)) {
      const key = node.getAttribute(`data-${place}`) ?? '';
      const word = words[key];
      if (typeof word !== 'string') throw new Error(`The catalogue has no word "${key}".`);
      put(node, word);
      if (place === 'label' && node.localName === 'button') node.setAttribute('title', word);
    }
}
