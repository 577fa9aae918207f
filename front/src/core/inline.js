// @ts-check
// One line of a message as pieces: code, links, mentions, and what is strong, slanted or struck. One pass, never nested deep.
import { linkify } from './linkify.js';
import { findMentions } from './mention-finder.js';

/** @typedef {{ kind: 'text' | 'code' | 'mention' | 'room', text: string } | { kind: 'link', text: string, href: string }} Atom */
/** @typedef {{ kind: 'strong' | 'em' | 'del', children: Inline[] }} Emphasis */
/** @typedef {Atom | Emphasis} Inline */

/** What a run of marks means; any other run means itself. @type {Map<string, 'strong' | 'em' | 'del'>} */
const MARKS = new Map([
  ['**', 'strong'],
  ['*', 'em'],
  ['_', 'em'],
  ['~~', 'del'],
]);
const RUNS = /\*+|_+|~+/gu;
/** A mark belongs to its word; one that makes an emoji does not. */
const WORD_BEFORE = /(?:[\p{L}\p{N}]|(?![\ufe00-\ufe0f\u20e3])\p{M})$/u;
const WORD_AFTER = /^(?:[\p{L}\p{N}]|(?![\ufe00-\ufe0f\u20e3])\p{M})/u;

/** @param {string} line @returns {Atom[]} code and the text between it */
function splitCode(line) {
  const runs = [...line.matchAll(/`+/gu)];
  /** The next run of the same length, for each. @type {(number | undefined)[]} */
  const partner = [];
  /** @type {Map<number, number>} */
  const latest = new Map();
  for (let n = runs.length - 1; n >= 0; n -= 1) {
    const size = runs[n]?.[0].length ?? 0;
    partner[n] = latest.get(size);
    latest.set(size, n);
  }
  /** @type {Atom[]} */
  const pieces = [];
  let done = 0;
  for (let n = 0; n < runs.length; n += 1) {
    const opening = runs[n];
    const end = partner[n];
    const closing = end === undefined ? undefined : runs[end];
    if (!opening || !closing || end === undefined) continue;
    const from = opening.index + opening[0].length;
    pieces.push({ kind: 'text', text: line.slice(done, opening.index) });
    const code = line.slice(from, closing.index);
    // One space on both sides lets code begin with the mark itself.
    const bare = /^ .*\S.* $/u.test(code) ? code.slice(1, -1) : code;
    pieces.push({ kind: 'code', text: bare });
    done = closing.index + closing[0].length;
    n = end;
  }
  pieces.push({ kind: 'text', text: line.slice(done) });
  return pieces;
}

/** @param {Inline[]} list @param {string} text */
function addText(list, text) {
  const last = list.at(-1);
  if (text === '') return;
  if (last?.kind === 'text') last.text += text;
  else list.push({ kind: 'text', text });
}

/** @param {Inline[]} list @param {Inline[]} more */
function addAll(list, more) {
  for (const one of more) one.kind === 'text' ? addText(list, one.text) : list.push(one);
}

/** @param {Atom[]} pieces @returns {Inline[]} with what is emphasised inside */
function emphasise(pieces) {
  // No mark is opened inside itself, so the stack is never deeper than there are marks.
  /** @type {{ mark: string, children: Inline[] }[]} */
  const open = [{ mark: '', children: [] }];
  const here = () => /** @type {{ mark: string, children: Inline[] }} */ (open.at(-1)).children;

  function giveUp() {
    const one = open.pop();
    if (!one) return;
    addText(here(), one.mark);
    addAll(here(), one.children);
  }

  /** @param {string} mark @param {string} before @param {string} after */
  function meet(mark, before, after) {
    const kind = MARKS.get(mark);
    const depth = open.findIndex((one) => one.mark === mark);
    const closes = depth > 0 && /\S$/u.test(before) && !WORD_AFTER.test(after);
    if (kind && closes) {
      while (open.length > depth + 1) giveUp();
      const children = open.pop()?.children ?? [];
      if (children.length > 0) here().push({ kind, children });
      else addText(here(), mark + mark);
    } else if (kind && depth < 0 && /^\S/u.test(after) && !WORD_BEFORE.test(before))
      open.push({ mark, children: [] });
    else addText(here(), mark);
  }

  for (const [n, piece] of pieces.entries()) {
    if (piece.kind !== 'text') {
      here().push(piece);
      continue;
    }
    const { text } = piece;
    // An atom beside a mark is neither a space nor a word.
    const [first, last] = [n > 0 ? '·' : '', n < pieces.length - 1 ? '·' : ''];
    let done = 0;
    for (const { 0: mark, index } of text.matchAll(RUNS)) {
      addText(here(), text.slice(done, index));
      done = index + mark.length;
      const before = index > 0 ? text.slice(Math.max(0, index - 2), index) : first;
      meet(mark, before, done < text.length ? text.slice(done, done + 2) : last);
    }
    addText(here(), text.slice(done));
  }
  while (open.length > 1) giveUp();
  return here();
}

/** @param {string} line @param {readonly string[]} [names] whose mention is marked @param {readonly string[]} [rooms] that `#` names @returns {Inline[]} */
export function parseInline(line, names = [], rooms = []) {
  const pieces = splitCode(line).flatMap((piece) =>
    piece.kind === 'text' ? linkify(piece.text) : [piece],
  );
  const called = pieces.flatMap((piece) =>
    piece.kind === 'text' ? findMentions(piece.text, names) : [piece],
  );
  const atoms = called.flatMap((piece) =>
    piece.kind === 'text' ? findMentions(piece.text, rooms, '#') : [piece],
  );
  return emphasise(atoms.filter((piece) => piece.kind !== 'text' || piece.text !== ''));
}
