// Nicknames: which text may be one, how it is shown, and which are kept for guests.

import { foldLookalikes, INVISIBLE } from './lookalikes.ts';

/** Breaks the line, hides, or turns the direction of what stands beside it. */
const UNSEEMLY = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const SEEN = /[^\s\p{M}]/u;
/** Letters as people count them: a family or a flag is one. */
const GRAPHEMES = 32;
const BYTES = 128;

/** Letters as people count them. */
export const graphemes = (text: string): string[] =>
  Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
export const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

/** 1 to 32 graphemes in at most 128 bytes, something of it to be seen, nothing that disturbs its neighbours. */
export const isNickname = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.isWellFormed() &&
  !UNSEEMLY.test(value) &&
  // Bytes first: only what is short is worth taking apart.
  utf8Bytes(value) <= BYTES &&
  SEEN.test(value.replace(INVISIBLE, '')) &&
  graphemes(value).length <= GRAPHEMES;

/** As much of it as a nickname may be long: other programs may put any on the bus. */
export function truncateNickname(nickname: string): string {
  // Each UTF-16 unit is at most one grapheme, and three bytes.
  if (nickname.length <= GRAPHEMES) return nickname;
  const letters = graphemes(nickname.slice(0, BYTES));
  if (letters.length <= GRAPHEMES && utf8Bytes(nickname) <= BYTES) return nickname;
  let kept = '';
  for (const letter of letters.slice(0, GRAPHEMES - 1))
    if (utf8Bytes(kept + letter) <= BYTES - 3) kept += letter;
    else break;
  return `${kept}…`;
}

/** As others see it: composed, without what cannot be seen at either end, single spaces. */
export const normalizeNickname = (nickname: string): string =>
  nickname.normalize('NFC').replace(/\s+/gu, ' ').trim();

/**
 * Names that are given and never asked for: else somebody could go by the name of a guest who has said nothing of
 * themselves, or take a newcomer's before they come.
 */
export const isGuestName = (nickname: string): boolean =>
  foldLookalikes(nickname).startsWith('guest-');
