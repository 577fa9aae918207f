// @ts-check
// Names of rooms, as the server has them: what people type, folded, and the direct room of two users.

const CHARACTERS = 64;

/** Letters whose compatibility form is drawn otherwise: Thai and Lao am, Lao ho no and ho mo, Tibetan vowels, Korean letters. */
const OTHERS = /[^\u0e33\u0eb3\u0edc\u0edd\u0f0c\u0f77\u0f79\u3131-\u318e]+/gu;
/** @param {string} text */
const compatible = (text) =>
  text.normalize('NFC').replace(OTHERS, (others) => others.normalize('NFKC'));

/**
 * One letter of another width or case, or a space for a dash, makes no other room. Lower case has one dot on an i, however the
 * capital was typed. Folding twice changes nothing.
 * @param {string} typed
 */
export const foldRoom = (typed) =>
  compatible(compatible(typed.trim()).toLowerCase())
    .normalize('NFC')
    .replaceAll('i\u0307', 'i')
    .replace(/\s+/g, '-');

/** A letter and its marks. What is invisible is none, but where the script needs it to join or part letters. */
const LETTER = String.raw`(?!\p{Default_Ignorable_Code_Point})\p{L}`;
const MARK = String.raw`(?!\p{Default_Ignorable_Code_Point})[\p{Mn}\p{Mc}]`;
const JOINING = ['Arabic', 'Syriac', 'Nko', 'Mongolian', 'Khmer', 'Myanmar', 'Sinhala', 'Malayalam']
  .concat(['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada'])
  .map((script) => String.raw`\p{Script_Extensions=${script}}`)
  .join('');
const JOINER = String.raw`(?<=(?=[\p{L}\p{M}])[${JOINING}])[\u200c\u200d]`;
const MONGOLIAN = String.raw`(?<=\p{Script_Extensions=Mongolian})[\u180b-\u180f]`;
const WORD = `${LETTER}(?:${MARK}|${JOINER}|${MONGOLIAN})*`;
const ROOM = new RegExp(String.raw`^(?:${WORD}|\p{N})(?:${WORD}|[\p{N}_-])*$`, 'u');

/** Four marks above or below one letter is what Unicode Technical Standard 39, section 5.4, takes for the most; others stand beside it. */
const HEAP = /\p{Mn}{5}|\p{M}{9}/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * What is wrong with a room's name: `NameEmpty`, `NameTooLong` (over 64 code points), `NameMalformed`; null if nothing is.
 * @param {string} folded
 */
export function roomNameProblem(folded) {
  if (folded === '') return 'NameEmpty';
  if ([...folded].length > CHARACTERS) return 'NameTooLong';
  return isRoomName(folded) ? null : 'NameMalformed';
}

/**
 * 1 to 64 code points: letters of any script with their marks, digits, `_` and `-`, the first a letter or digit. At most four
 * marks above or below a letter, and eight in all.
 * @param {string} folded
 */
export const isRoomName = (folded) =>
  [...folded].length <= CHARACTERS &&
  ROOM.test(folded) &&
  !HEAP.test(folded.replace(INVISIBLE, ''));

/** @param {string} one userId @param {string} other userId */
export const directRoom = (one, other) => `dm:${[one, other].sort().join(':')}`;

/** @param {string} room */
export const isDirect = (room) => room.startsWith('dm:');

/** @param {string} room a direct one @param {string} me @returns {string} the other's userId */
export const partnerOf = (room, me) =>
  room
    .slice('dm:'.length)
    .split(':')
    .find((userId) => userId !== me) ?? '';
