// @ts-check
// Arabic: the same catalogue as en.js, which the compiler holds it to.

/** @type {import('./words.js').Catalogue} */
export const ar = {
  shell: {},
  timeline: {},
  composer: {},
  attention: {},
  people: {},
  line: {},
  settings: {},
};
