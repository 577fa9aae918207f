// Lookalikes: names that people confuse fold to one key, so that nobody gets a copy of a nickname or of a room’s name.

import { CONFUSABLES } from './confusables.ts';

/**
 * No glyph of its own: zero-width, direction, variation marks, fillers, other format characters. And blanks that Unicode does
 * not call spaces: of Braille, hieroglyphs and musical notes, and the place of an embedded object.
 */
export const INVISIBLE =
  /\p{Default_Ignorable_Code_Point}|\p{Cc}|\p{Cf}|[\u2028\u2029\u2800\ufffc\u{13441}\u{13442}\u{1d159}]/gu;

const MARKED = /(\P{M})(\p{M}+)|^\p{M}+/gu;
/**
 * Marks without which a word is another word: vowel signs, stacked consonants and tones of scripts from Devanagari to Tibetan,
 * and kana's voicing. Accents, Hebrew points and Arabic vowels are none of them.
 */
const OWN =
  /[[\p{M}--[\p{Script=Inherited}\p{Script=Common}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Coptic}]][\u3099\u309a]]/v;
/** Letters without case: only these have marks of their own. On any other letter each mark is an accent. */
const CASELESS = /\p{Lo}/u;

/**
 * Spaces, dashes, low lines, dots and commas, and what Unicode's `confusables.txt` shows as one of these: kana's prolonged sound
 * mark and the ideograph for one are dashes. A Korean vowel is one only where no consonant stands before it.
 */
export const SEPARATORS =
  /(?:[\s\p{Z}\p{Pd}\p{Pc}.,·~\u2212\u06d4\u2043\u02d7\u2796\u2cba\u2cbb\u30fc\u2500\u2501\u31d0\ua7f7\u4e00\u3127\u07fa\u060d\u066b\u201a\u0701\u0702\ua4f8-\ua4fb\ua60e\u{10a50}\u30fb\u16eb\u2e31\u{10101}\u2022\u2027\u2219\u22c5\ua78f\u1427\u2053\u223c]|(?<![\u1100-\u115f])\u1173)+/gu;

/**
 * Letters in lower case and what they stand for, read before the generated table: Greek, Cyrillic and others whose small form
 * that table shows as a rarer letter, and forms of one Arabic letter. Where small form and capital look like two letters, as Greek ν and Ν, the small one counts.
 */
export const LETTERS: { [look: string]: string } = {
  a: 'ɑαаᴀꓮꭺ',
  b: 'ƅʙβвьᏼⲃꓐꞵꮟ',
  c: 'ςϲсᴄⲥꓚꮯ',
  d: 'đԁᴅꓒꓓꭰꮷ',
  e: 'εꞓеҽᴇꓰꬲꭼ',
  f: 'ƒϝքẝꓝꞙꬵ𝈓',
  g: 'ƍɡɢԍցᏻᶃꓖꮐ',
  h: 'ħћʜнһհⲏꓧꮋꮒ',
  i: 'ıɩɪιіւⲓꙇꭵ',
  j: 'ʝϳјᴊꓙꭻ',
  k: 'ĸκкᴋⲕꓗꮶ',
  l: 'łꮖǀʟӏⳑꓡꓲꮮ𝈪',
  m: 'μмᴍⲙꓟꮇ',
  n: 'ɴηոռⲛꓠ',
  o: 'øοσоօᴏᴑⲟꓳꬽ',
  p: 'ρϸрᴘⲣⳏꓑꮲ',
  q: 'ԛգզ',
  r: 'ʀгᴦⲅꓣꭇꭈꭱꮁꮢ𝈖',
  s: 'ſƽѕտꓢꜱꮥꮪ',
  t: 'ŧτтᴛⲧꓔꭲ',
  u: 'ʋυսᴜꓴꞟꭎꭒ',
  v: 'νѵᴠꓦꮩ𝈍',
  w: 'ɯшѡԝաᴡⲽꓪꮃꮤ',
  x: 'χхⲭꓫꭓ',
  y: 'ɣʏγуүᶌỿⲩꓬꭚꭹꮍ',
  z: 'ζᴢꓜꮓ',
  ss: 'ß',
  ae: 'æӕ',
  oe: 'œ',
  3: 'зɜ',
  ى: 'يی',
  ك: 'ک',
  ھ: 'ھ',
};

const pairsIn = (entries: [string, string][]): [string, string][] =>
  entries.flatMap(([look, letters]) =>
    [...letters].map((letter): [string, string] => [letter, look]),
  );
/** `look=letters`, one word each. */
const generated = CONFUSABLES.trim()
  .split(/\s+/)
  .map((word): [string, string] => {
    const [look = '', letters = ''] = word.split('=');
    return [look, letters];
  });
const LOOKS = new Map([...pairsIn(generated), ...pairsIn(Object.entries(LETTERS))]);

const ownMarks = (base: string, marks: string): string =>
  CASELESS.test(base) ? [...marks].filter((mark) => OWN.test(mark)).join('') : '';

/** Text in lower case, taken apart, without what is invisible and without accents. */
export const stripInvisible = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(INVISIBLE, '')
    .replace(MARKED, (_, base = '', marks = '') => base + ownMarks(base, marks))
    .toLowerCase()
    .normalize('NFKD');

/** One letter and what stands behind it: a letter that bears a mark of its own is read as its script's. */
const LETTER = /(\P{M})(?!\p{M})/gu;

/**
 * The key of a name: the same for names that people would take for one another, and empty where nothing is visible. Folding
 * twice changes nothing. `i` is `l`, because a capital I is both, and so are 1 and |; 0 is `o`; `m` is `rn` and `w` is `vv`.
 * Not covered: a letter that looks like another only as a capital while its small form looks like a third (Greek Η, Ν, Υ);
 * Latin digits that look like letters except 0 and 1 (5 and S); `cl` for `d`; emoji; Indic dots below a letter.
 */
export const foldLookalikes = (name: string): string =>
  stripInvisible(name)
    .trim()
    .replace(LETTER, (letter) => LOOKS.get(letter) ?? letter)
    .replace(SEPARATORS, '-')
    .replace(/[i1|∣│]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('m', 'rn')
    .replaceAll('w', 'vv')
    .normalize('NFKC');
