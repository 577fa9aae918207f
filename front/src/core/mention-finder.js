// @ts-check
// Where in a text somebody or a room is named: `@` or `#` and one of these names, standing by themselves, in whatever case.

/** @typedef {{ kind: 'text' | 'mention' | 'room', text: string }} Piece */

const SYNTAX = /[\\^$.*+?()[\]{}|/]/gu;

/**
 * @param {string} text @param {readonly string[]} names @param {'@' | '#'} [sign]
 * @returns {Piece[]} the text in order, none of it lost
 */
export function findMentions(text, names, sign = '@') {
  if (!text.includes(sign)) return [{ kind: 'text', text }];
  const longestFirst = names.filter(Boolean).toSorted((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return [{ kind: 'text', text }];
  const any = longestFirst.map((name) => name.replace(SYNTAX, '\\$&')).join('|');
  const called = new RegExp(
    `(?<![\\p{L}\\p{N}\\p{M}_${sign}/])${sign}(?:${any})(?!-?[\\p{L}\\p{N}\\p{M}_])`,
    'giu',
  );
  /** @type {Piece[]} */
  const pieces = [];
  let done = 0;
  for (const { 0: mention, index } of text.matchAll(called)) {
    pieces.push({ kind: 'text', text: text.slice(done, index) });
    pieces.push({ kind: sign === '@' ? 'mention' : 'room', text: mention });
    done = index + mention.length;
  }
  pieces.push({ kind: 'text', text: text.slice(done) });
  return pieces;
}
