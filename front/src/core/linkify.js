// @ts-check
// Finds the links in a message: text in, pieces out; the view makes nodes of them, never markup.

/** @typedef {{ kind: 'text', text: string } | { kind: 'link', text: string, href: string }} Piece */

const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`\u2018\u2019\u201c\u201d]+/giu;
const CLOSERS = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);
const OPENERS = new Map([...CLOSERS].map(([closer, opener]) => [opener, closer]));

/** Punctuation after a link belongs to the sentence; a closing bracket too, unless the link opened it. @param {string} raw */
function trimEnd(raw) {
  /** How many more are closed than opened. @type {Map<string, number>} */
  const excess = new Map();
  for (const letter of raw) {
    const opener = CLOSERS.get(letter);
    if (opener) excess.set(letter, (excess.get(letter) ?? 0) + 1);
    const closer = OPENERS.get(letter);
    if (closer) excess.set(closer, (excess.get(closer) ?? 0) - 1);
  }
  let end = raw.length;
  for (; ; end -= 1) {
    const last = raw[end - 1] ?? '';
    const over = excess.get(last) ?? 0;
    if (over <= 0 && !/[.,:;!?*_~]/u.test(last)) return raw.slice(0, end);
    if (over > 0) excess.set(last, over - 1);
  }
}

/** @param {string} link @returns {URL | null} */
function parse(link) {
  const url = URL.canParse(link) ? new URL(link) : null;
  const safe = url && (url.protocol === 'https:' || url.protocol === 'http:') && !url.username;
  return safe ? url : null;
}

/** A look-alike host is shown as the punycode it really is. @param {string} link @param {URL} url */
function label(link, url) {
  return /^https?:\/\/[\x21-\x7e]+/iu.exec(link)?.[0].split(/[/?#]/u)[2] === link.split(/[/?#]/u)[2]
    ? link
    : url.href;
}

/** @param {string} text @returns {Piece[]} */
export function linkify(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const link = trimEnd(match[0]);
    const url = parse(link);
    if (!url) continue;
    if (match.index > done) pieces.push({ kind: 'text', text: text.slice(done, match.index) });
    pieces.push({ kind: 'link', text: label(link, url), href: url.href });
    done = match.index + link.length;
  }
  if (done < text.length) pieces.push({ kind: 'text', text: text.slice(done) });
  return pieces;
}
