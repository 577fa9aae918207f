// Letters that people take for Latin ones: one look, one letter, so that nobody goes by a copy of another's nickname.

/**
 * Letters in lower case that stand for a Latin one, from Unicode Technical Standard 39, `confusables.txt` 17.0: those of Latin
 * (with small capitals, and strokes that no decomposition takes off), Greek, Cyrillic, Armenian, Cherokee, Lisu and Coptic
 * whose small form, or else capital, is shown there as one bare letter. Where both are, as Greek ν and Ν, the small one counts.
 */
const LETTERS: { [latin: string]: string } = {
  a: 'ɑαаᴀꓮꭺ',
  b: 'ƅʙβвьᏼⲃꓐꞵꮟ',
  c: 'ςϲсᴄⲥꓚꮯ',
  d: 'đԁᴅꓒꓓꭰꮷ',
  e: 'εеҽᴇꓰꬲꭼ',
  f: 'ƒϝքẝꓝꞙꬵ𝈓',
  g: 'ƍɡɢԍցᏻᶃꓖꮐ',
  h: 'ħʜнһհⲏꓧꮋꮒ',
  i: 'ıɩɪιіւⲓꙇꭵ',
  j: 'ʝϳјᴊꓙꭻ',
  k: 'κкᴋⲕꓗꮶ',
  l: 'łǀʟӏⳑꓡꓲꮮ𝈪',
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
};

const LATIN = new Map(
  Object.entries(LETTERS).flatMap(([latin, letters]) => [...letters].map((like) => [like, latin])),
);

/**
 * Text in lower case, each letter as the one it looks like. `i` is `l`, because a capital I is both: in the same way go 1 and |;
 * 0 is `o`; `m` is `rn` and `w` is `vv`, the longer way round, so that `vvv` is one thing however it was typed.
 */
export const alike = (lowerCase: string): string =>
  Array.from(lowerCase, (letter) => LATIN.get(letter) ?? letter)
    .join('')
    .replace(/[i1|∣│]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('m', 'rn')
    .replaceAll('w', 'vv');
