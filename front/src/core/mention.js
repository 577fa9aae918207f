// @ts-check
// Whether words are for somebody: `@` and the nickname, standing by themselves, in whatever case.

const WORD = /[\p{L}\p{N}\p{M}_]/u;

/** @param {string} text */
const fold = (text) => text.normalize('NFKC').toLowerCase();

/** @param {string} rest what follows the name */
const ends = (rest) => {
  const [next = '', second = ''] = rest;
  return next === '-' ? !WORD.test(second) : !WORD.test(next);
};

/** @param {string} text @param {string} nickname @returns {boolean} */
export function mentions(text, nickname) {
  const wanted = `@${fold(nickname)}`;
  if (wanted === '@') return false;
  const said = fold(text);
  for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + 1)) {
    const before = [...said.slice(0, at)].at(-1) ?? '';
    if (!WORD.test(before) && ends(said.slice(at + wanted.length))) return true;
  }
  return false;
}
