// @ts-check
// A message as blocks: fenced code, quotes, and lines. A safe part of Markdown, parsed in one pass; the view makes nodes of it.
import { parseInline } from './inline.js';

/** @typedef {import('./inline.js').Inline} Inline */
/** @typedef {{ kind: 'lines' | 'quote', children: Inline[] } | { kind: 'code', text: string }} Block */

const FENCE = /^```[\w+#.-]*\s*$/u;
const FENCE_END = /^```\s*$/u;
const QUOTED = /^>(?: |$)/u;

/** @param {string[]} lines @param {readonly string[]} names @param {readonly string[]} rooms @returns {Inline[]} */
const inlines = (lines, names, rooms) =>
  lines.flatMap((line, n) => {
    const pieces = parseInline(line, names, rooms);
    return n === 0 ? pieces : [{ kind: /** @type {const} */ ('text'), text: '\n' }, ...pieces];
  });

/** For each line that opens a fence, the line that closes it. @param {string[]} lines */
function fenceEnds(lines) {
  /** @type {Map<number, number>} */
  const ends = new Map();
  let next = -1;
  for (let n = lines.length - 1; n >= 0; n -= 1) {
    const line = lines[n] ?? '';
    if (next >= 0 && FENCE.test(line)) ends.set(n, next);
    if (FENCE_END.test(line)) next = n;
  }
  return ends;
}

/**
 * What is not closed stays as it was typed. Marks that turn letters round (U+202D, U+202E) are left out: no language needs
 * them, and they make code and file names read as others.
 * @param {string} text @param {readonly string[]} [names] whose mention is marked @param {readonly string[]} [rooms] that `#` names
 * @returns {Block[]}
 */
export function parseMessage(text, names = [], rooms = []) {
  const lines = text.replace(/[\u202d\u202e]/gu, '').split('\n');
  const ends = fenceEnds(lines);
  /** @type {Block[]} */
  const blocks = [];
  /** @type {{ kind: 'lines' | 'quote', lines: string[] }[]} */
  let open = [];

  function finish() {
    for (const { kind, lines } of open)
      blocks.push({ kind, children: inlines(lines, names, rooms) });
    open = [];
  }

  for (let n = 0; n < lines.length; n += 1) {
    const line = lines[n] ?? '';
    const end = ends.get(n);
    if (end !== undefined) {
      finish();
      blocks.push({ kind: 'code', text: lines.slice(n + 1, end).join('\n') });
      n = end;
      continue;
    }
    const kind = QUOTED.test(line) ? 'quote' : 'lines';
    if (open.at(-1)?.kind !== kind) open.push({ kind, lines: [] });
    open.at(-1)?.lines.push(kind === 'quote' ? line.replace(QUOTED, '') : line);
  }
  finish();
  return blocks;
}
