// @ts-check
// Completion while one writes: which word stands before the caret, what it may become, and the text that comes of it.

/** @typedef {{ kind: 'emoji' | 'mention', query: string, from: number, to: number }} Wish from, to: what would be replaced */
/** @typedef {{ insert: string, name: string, sign: string }} Option sign: an emoji to show before the name, else empty */

const MOST = 8;
// A sign counts only where a word begins: not in `10:30`, a URL or an address.
const BEGUN = /(?:^|[\s([{"'«“‘،])(?:(@)([^\s@]{0,32})|(:)([a-z0-9+][a-z0-9_+-]+))$/iu;
const CLOSED = /(?:^|[\s([{"'«“‘،]):([a-z0-9+][a-z0-9_+-]*):$/iu;

/** @param {string} word */
const fold = (word) => word.normalize('NFKC').toLowerCase();

/** @param {string} text @param {number} caret @returns {Wish | null} */
export function wishAt(text, caret) {
  const [, at, person = '', , name = ''] = BEGUN.exec(text.slice(0, caret)) ?? [];
  if (at) return { kind: 'mention', query: person, from: caret - person.length - 1, to: caret };
  if (name) return { kind: 'emoji', query: name, from: caret - name.length - 1, to: caret };
  return null;
}

/** @param {string} text @param {number} caret @returns {Wish | null} an emoji's whole name, just closed by its colon */
export function closedAt(text, caret) {
  const [, name] = CLOSED.exec(text.slice(0, caret)) ?? [];
  return name ? { kind: 'emoji', query: name, from: caret - name.length - 2, to: caret } : null;
}

/**
 * @param {string} text @param {Pick<Wish, 'from' | 'to'>} wish @param {string} insert
 * @returns {boolean} whether it stands there already, in whatever case
 */
export const stands = (text, { from, to }, insert) => fold(text.slice(from, to)) === fold(insert);

/** @param {string} name @param {string} query @returns {number} 0 is best */
function rank(name, query) {
  const folded = fold(name);
  if (folded === query) return 0;
  if (folded.startsWith(query)) return 1;
  if (folded.split(/[\s_-]+/u).some((part) => part.startsWith(query))) return 2;
  return folded.includes(query) ? 3 : Number.POSITIVE_INFINITY;
}

/** @param {readonly Option[]} options @param {string} query @returns {Option[]} the eight that fit best, of equals the shortest */
function best(options, query) {
  const folded = fold(query);
  return options
    .map((option) => ({ option, rank: rank(option.name, folded) }))
    .filter((one) => Number.isFinite(one.rank))
    .toSorted((a, b) => a.rank - b.rank || a.option.name.length - b.option.name.length)
    .slice(0, MOST)
    .map(({ option }) => option);
}

/** @param {readonly { nickname: string }[]} members @param {string} query @returns {Option[]} */
export function peopleFor(members, query) {
  const names = [...new Set(members.map(({ nickname }) => nickname))];
  return best(
    names.map((name) => ({ name, sign: '', insert: `@${name}` })),
    query,
  );
}

/** @param {ReadonlyMap<string, string>} emoji by name @param {string} query @returns {Option[]} */
export function emojiFor(emoji, query) {
  const known = [...emoji].map(([name, sign]) => ({ name, sign, insert: sign }));
  return best(known, query);
}

/**
 * @param {string} text @param {Pick<Wish, 'from' | 'to'>} wish @param {string} insert
 * @returns {{ text: string, caret: number }} a space after it, unless there is one
 */
export function completed(text, { from, to }, insert) {
  const rest = text.slice(to);
  const gap = /^\s/u.test(rest) ? '' : ' ';
  return {
    text: text.slice(0, from) + insert + gap + rest,
    caret: from + insert.length + 1,
  };
}
