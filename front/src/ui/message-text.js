// @ts-check
// The nodes of a message's words: every one made by name, every word a text node.
import { parseMessage } from '../core/markdown.js';
import { hashOfRoom } from '../core/room-hash.js';
import { foldRoom } from '../core/room-name.js';
import { element } from './element.js';

/** @typedef {import('../core/inline.js').Inline} Inline */

const LINK = { target: '_blank', rel: 'noopener noreferrer nofollow ugc' };

/**
 * Whom and what a text may name.
 * @typedef {{ me: string | null, others: readonly string[], rooms: readonly string[] }} Named
 *   me: one's own name, where its mention is for oneself; rooms: one's own
 */

/** So few, and nothing else, are drawn large. */
const FEW_EMOJI = /^\s*(?:\p{RGI_Emoji}\s*){1,6}$/v;

/** @param {Inline} piece @param {Named} named @returns {Node | string} */
function inlineNode(piece, named) {
  if ('children' in piece)
    return element(piece.kind, {}, ...piece.children.map((child) => inlineNode(child, named)));
  if (piece.kind === 'text') return piece.text;
  // An address reads from left to right in every script, and moves nothing around it.
  if (piece.kind === 'link')
    return element('a', { href: piece.href, dir: 'ltr', ...LINK }, piece.text);
  if (piece.kind === 'code') return element('code', {}, piece.text);
  if (piece.kind === 'room')
    return element(
      'a',
      { href: hashOfRoom(foldRoom(piece.text.slice(1))), class: 'room-link' },
      piece.text,
    );
  const isMine = piece.text.slice(1).toLowerCase() === named.me?.toLowerCase();
  return element(
    isMine ? 'mark' : 'span',
    { class: isMine ? 'mention' : 'mention-of-other' },
    piece.text,
  );
}

/** @param {string} text @param {{ copy: string, code: string }} words */
function codeBlock(text, words) {
  // A long line scrolls by itself, so it must be reachable by keyboard.
  const reach = { tabindex: '0', role: 'group', 'aria-label': words.code };
  const copy = element('button', { type: 'button', class: 'copy', 'data-do': 'copy' }, words.copy);
  return element(
    'div',
    { class: 'code-block', dir: 'ltr' },
    copy,
    element('pre', reach, element('code', {}, text)),
  );
}

/**
 * @param {string} text as it was said @param {Named} named
 * @param {{ copy: string, code: string }} words
 */
export function textNodes(text, named, words) {
  const names = named.me === null ? named.others : [named.me, ...named.others];
  const size = FEW_EMOJI.test(text) ? { class: 'few-emoji' } : {};
  return parseMessage(text, names, named.rooms).map((block) => {
    if (block.kind === 'code') return codeBlock(block.text, words);
    const tag = block.kind === 'quote' ? 'blockquote' : 'p';
    return element(
      tag,
      { dir: 'auto', ...size },
      ...block.children.map((piece) => inlineNode(piece, named)),
    );
  });
}
