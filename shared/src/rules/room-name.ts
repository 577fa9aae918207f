// A room's name: what people type, folded to the one spelling that the room has.

const CHARACTERS = 64;

/** Letters whose compatibility form is drawn otherwise: Thai and Lao am, Lao ho no and ho mo, Tibetan vowels, Korean letters. */
const OTHERS = /[^\u0e33\u0eb3\u0edc\u0edd\u0f0c\u0f77\u0f79\u3131-\u318e]+/gu;
const compatible = (text: string): string =>
  text.normalize('NFC').replace(OTHERS, (others) => others.normalize('NFKC'));

/**
 * One letter of another width or case, or a space for a dash, makes no other room. Lower case has one dot on an i, however the
 * capital was typed. Folding twice changes nothing.
 */
export const foldRoom = (typed: string): string =>
  compatible(compatible(typed.trim()).toLowerCase())
    .normalize('NFC')
    .replaceAll('i\u0307', 'i')
    .replace(/\s+/g, '-');

/** A letter and its marks. What is invisible is none, but where the script needs it to join or part letters; blank hieroglyphs are letters to Unicode. */
const LETTER = String.raw`(?![\p{Default_Ignorable_Code_Point}\u{13441}\u{13442}])\p{L}`;
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
 * 1 to 64 code points: letters of any script with their marks, digits, `_` and `-`, the first a letter or digit. At most four
 * marks above or below a letter, and eight in all.
 */
export const isRoomName = (folded: string): boolean =>
  [...folded].length <= CHARACTERS &&
  ROOM.test(folded) &&
  !HEAP.test(folded.replace(INVISIBLE, ''));
