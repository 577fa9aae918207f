// @ts-check
// The nodes of a message's words: every one made by name, every word a text node.
import { parseMessage } from '../core/markdown.js';
import { element } from './element.js';

/** @typedef {import('../core/inline.js').Inline} Inline */

const LINK = { target: '_blank', rel: 'noopener noreferrer nofollow ugc' };

/** @param {Inline} piece @returns {Node | string} */
function inlineNode(piece) {
  if ('children' in piece) return element(piece.kind, {}, ...piece.children.map(inlineNode));
  if (piece.kind === 'text') return piece.text;
  if (piece.kind === 'link') return element('a', { href: piece.href, ...LINK }, piece.text);
  if (piece.kind === 'code') return element('code', {}, piece.text);
  return element('mark', { class: 'mention' }, piece.text);
}

/** @param {string} text @param {{ copy: string, code: string }} words */
function codeBlock(text, words) {
  // A long line scrolls by itself, so it must be reachable by keyboard.
  const reach = { tabindex: '0', role: 'group', 'aria-label': words.code };
  const copy = element('button', { type: 'button', class: 'copy', 'data-do': 'copy' }, words.copy);
  return element(
    'div',
    { class: 'code-block', dir: 'ltr' },
    element('pre', reach, element('code', {}, text)),
    copy,
  );
}

/**
 * @param {string} text as it was said @param {readonly string[]} names whose mention is marked
 * @param {{ copy: string, code: string }} words
 */
export function textNodes(text, names, words) {
  return parseMessage(text, names).map((block) => {
    if (block.kind === 'code') return codeBlock(block.text, words);
    const tag = block.kind === 'quote' ? 'blockquote' : 'p';
    return element(tag, { dir: 'auto' }, ...block.children.map(inlineNode));
  });
}
