// @ts-check
// Finds the links in a message: text in, pieces out; the view makes nodes of them, never markup.
// A link ends where a reader would end it: by Unicode's categories and by pairs of brackets and quotes.

/** @typedef {{ kind: 'text', text: string } | { kind: 'link', text: string, href: string }} Piece */

/** Behind a scheme or `www.`, and not in the middle of an ASCII word. Letters of a script without spaces may stand before it. */
const START = /(?<![a-z\d])(?:https?:\/\/|mailto:)|(?<![a-z\d@:/._-])(?=www\.[\p{L}\d])/giu;
/** The host and its port; with `@` and `%` too, as what names a user or hides a letter is judged by `parse`. */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|[\p{L}\p{N}\p{M}\-.%@_]+)(?::[\p{L}\p{N}%@.]*)*/iu;
/** What no address holds unescaped, and marks that no reader sees. The two joiners are part of words. */
const NEVER = /[\s<>"`\\|\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u;
const OPENER = /[\p{Ps}\p{Pi}]/u;
const CLOSER = /[\p{Pe}\p{Pf}]/u;
/** Full stops, commas, question marks of every script. ASCII's own stand inside addresses. */
const ENDS_A_PHRASE = /(?![\0-\x7f])\p{Terminal_Punctuation}/u;
/** May stand in an address, but at its end it belongs to the sentence, or is an emphasis mark. */
const TRAILING = /(?:(?![/#%&@])[\p{Po}\p{Ps}\p{Pi}_~]|(?!-)\p{Pd})$/u;
const IN_A_WORD = /[\p{L}\p{N}]/u;

/** Brackets and quotes lie beside their partner in Unicode, or two or sixteen letters after it. @param {string} closer */
function openerOf(closer) {
  const code = closer.codePointAt(0) ?? 0;
  for (const distance of [1, 2, 16]) {
    const opener = String.fromCodePoint(Math.max(0, code - distance));
    if (OPENER.test(opener)) return opener;
  }
  return '';
}

/** Where an address ends that begins the text, before what follows it is trimmed. @param {string} text */
function pathEnd(text) {
  /** How many are open. @type {Map<string, number>} */
  const open = new Map();
  let at = 0;
  let before = '';
  for (const letter of text) {
    if (NEVER.test(letter) || ENDS_A_PHRASE.test(letter)) return at;
    if (OPENER.test(letter)) open.set(letter, (open.get(letter) ?? 0) + 1);
    else if (CLOSER.test(letter)) {
      const opener = openerOf(letter);
      const depth = open.get(opener) ?? 0;
      const after = text.slice(at + letter.length, at + letter.length + 2);
      const isApostrophe =
        letter === '\u2019' && IN_A_WORD.test(before) && /^[\p{L}\p{N}]/u.test(after);
      if (depth > 0) open.set(opener, depth - 1);
      else if (!isApostrophe) return at;
    }
    at += letter.length;
    before = letter;
  }
  return at;
}

/** No top-level domain mixes ASCII letters with others: there, words of a script without spaces have begun. @param {string} authority */
function hostAlone(authority) {
  const from = authority.lastIndexOf('.') + 1;
  const mixed = /^[a-z][a-z\d]*(?=(?![\0-\x7f])\p{L})/iu.exec(authority.slice(from));
  return from > 0 && mixed ? authority.slice(0, from) + mixed[0] : authority;
}

/** The address at the beginning of the text, scheme included; '' where there is none. @param {string} text @param {string} scheme */
function addressIn(text, scheme) {
  const rest = text.slice(scheme.length);
  const typed = AUTHORITY.exec(rest)?.[0] ?? '';
  const authority = hostAlone(typed);
  const after = rest.slice(authority.length);
  const hasPath = authority === typed && /^[/?#]/u.test(after) && scheme !== 'mailto:';
  let link = scheme + authority + (hasPath ? after.slice(0, pathEnd(after)) : '');
  while (TRAILING.test(link)) link = link.replace(/.$/su, '');
  return link.length > scheme.length ? link : '';
}

/** @param {string} link @param {boolean} isBare without a scheme @returns {URL | null} */
function parse(link, isBare) {
  const whole = isBare ? `https://${link}` : link;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null) return null;
  if (url.protocol === 'mailto:')
    return /^[^@?]+@[^@?]+$/u.test(url.pathname) && !url.search ? url : null;
  return url.username || url.password || !/[\p{L}\p{N}]/u.test(url.hostname) ? null : url;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

/**
 * What is shown is where it leads. As it was typed, unless the browser would read another address in it: a host in other letters
 * than ASCII's or in disguise, a path that goes up again.
 * @param {string} link @param {URL} url @param {boolean} isBare
 */
function label(link, url, isBare) {
  if (url.protocol === 'mailto:') return decoded(url.href) === decoded(link) ? link : url.href;
  const [, host = '', rest = ''] = /^(?:https?:\/\/)?([^/?#]*)(.*)$/isu.exec(link) ?? [];
  const path = url.pathname + url.search + url.hash;
  const isSame = decoded(path) === decoded(rest) || (path === '/' && rest === '');
  if (host.toLowerCase() === url.host && isSame) return link;
  return isBare ? url.href.replace('https://', '') : url.href;
}

/** @param {string} text @returns {Piece[]} */
export function linkify(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let done = 0;
  for (const { 0: scheme, index } of text.matchAll(START)) {
    if (index < done) continue;
    const link = addressIn(text.slice(index), scheme);
    const isBare = scheme === '';
    const url = link === '' ? null : parse(link, isBare);
    if (url === null) continue;
    if (index > done) pieces.push({ kind: 'text', text: text.slice(done, index) });
    pieces.push({ kind: 'link', text: label(link, url, isBare), href: url.href });
    done = index + link.length;
  }
  if (done < text.length) pieces.push({ kind: 'text', text: text.slice(done) });
  return pieces;
}
