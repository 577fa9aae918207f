// @ts-check
// How a client may introduce itself: nickname and rooms, checked before hello says them, as the server will check them.

import { foldRoom, isRoomName } from './room-name.js';

const MOST_NICKNAME = 32;
const MOST_NICKNAME_BYTES = 128;
const MOST_ROOM = 64;
const MOST_ROOMS = 50;
/** No glyph, a broken line, or a turned direction. */
const UNSEEMLY = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** Anything else than space and what has no glyph of its own. */
const SEEN = /[^\s\p{Cc}\p{M}\p{Default_Ignorable_Code_Point}]/u;

/** The one spelling in which it is sent and answered. @param {string} nickname */
export const spelled = (nickname) => nickname.normalize('NFC').replace(/\s+/gu, ' ').trim();

/**
 * @param {string} nickname as typed
 * @returns {'empty' | 'tooLong' | 'unseemly' | null} why no server takes it: nothing to see, more than 32 graphemes or
 *   128 bytes, or a character without a glyph, that breaks the line or turns its direction
 */
export function nicknameProblem(nickname) {
  if (nickname.isWellFormed() && !SEEN.test(nickname)) return 'empty';
  if (!nickname.isWellFormed() || UNSEEMLY.test(nickname)) return 'unseemly';
  // Bytes first: only what is short is worth taking apart.
  const isShort = new TextEncoder().encode(nickname).length <= MOST_NICKNAME_BYTES;
  return isShort && [...new Intl.Segmenter().segment(nickname)].length <= MOST_NICKNAME
    ? null
    : 'tooLong';
}

/** @param {string} room */
const isRoom = (room) => isRoomName(foldRoom(room));

/** Throws a RangeError that says what the server would refuse. @param {string} nickname */
export function checkNickname(nickname) {
  if (nicknameProblem(nickname) !== null)
    throw new RangeError(`A nickname has 1 to ${MOST_NICKNAME} visible characters: ${nickname}`);
}

/**
 * Throws a RangeError that says what hello would be refused for.
 * @param {{ nickname: string | undefined, rooms: string[] }} introduction
 */
export function checkIntroduction({ nickname, rooms }) {
  if (nickname !== undefined) checkNickname(nickname);
  if (rooms.length > MOST_ROOMS) throw new RangeError(`At most ${MOST_ROOMS} rooms may be named.`);
  const wrong = rooms.find((room) => !isRoom(room));
  if (wrong !== undefined)
    throw new RangeError(
      `A room's name has 1 to ${MOST_ROOM} letters with their marks, digits, _ and -, a letter or digit first: ${wrong}`,
    );
}
