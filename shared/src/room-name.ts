// A room's name: what people type, folded to the one spelling that the room has.

const CHARACTERS = 64;
const ROOM = /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u;

/** One letter of another width or case, or a space for a dash, makes no other room. Folding twice changes nothing. */
export const foldRoom = (typed: string): string =>
  typed.trim().normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, '-');

/** 1 to 64 code points: letters and digits of any script, `_` and `-`, the first a letter or digit. */
export const isRoomName = (folded: string): boolean =>
  [...folded].length <= CHARACTERS && ROOM.test(folded);
