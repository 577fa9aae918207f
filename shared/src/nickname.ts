// A nickname: how it is shown, what it must not be confused with, and what to suggest where it is taken.

import { createHash } from 'node:crypto';

/** What has no glyph of its own: zero-width, direction, variation marks, fillers. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cc}|[\u2028\u2029]/gu;
const MARKS = /\p{M}/gu;

/**
 * Letters of other scripts that look like Latin ones, in lower case: from Unicode Technical Standard 39,
 * `confusables.txt`, those of Cyrillic and Greek, and of Latin what folding leaves apart.
 */
const LOOKALIKES = new Map(
  Object.entries({
    ...{ а: 'a', в: 'b', с: 'c', ԁ: 'd', е: 'e', һ: 'h', і: 'i', ј: 'j', к: 'k', м: 'm', н: 'h' },
    ...{ о: 'o', р: 'p', ԛ: 'q', ѕ: 's', т: 't', ѵ: 'v', ԝ: 'w', х: 'x', у: 'y', ү: 'y', ӏ: 'l' },
    ...{ α: 'a', β: 'b', γ: 'y', ε: 'e', η: 'n', ι: 'i', κ: 'k', μ: 'm', ν: 'v', ο: 'o', ρ: 'p' },
    ...{ σ: 'o', ς: 'c', τ: 't', υ: 'u', χ: 'x', ϲ: 'c', ϳ: 'j' },
    ...{ ı: 'i', ɑ: 'a', ɡ: 'g', ɩ: 'i', ſ: 's', ß: 'ss' },
  }),
);

/** As others see it: composed, without what cannot be seen at either end, single spaces. */
export const shown = (nickname: string): string =>
  nickname.normalize('NFC').replace(/\s+/gu, ' ').trim();

/**
 * The same for all nicknames that people would take for one another: compatibility forms, case, marks, invisible
 * characters and lookalike letters are gone. Empty where nothing visible is left.
 */
export function folded(nickname: string): string {
  const bare = nickname
    .normalize('NFKD')
    .replace(INVISIBLE, '')
    .replace(MARKS, '')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\s+/gu, ' ')
    .trim();
  return [...bare].map((letter) => LOOKALIKES.get(letter) ?? letter).join('');
}

const SUFFIX = /-\d{4}$/;
/** Of 32 graphemes and 128 bytes, so that a suffix fits behind whatever letters. */
const STEM = 16;

/** Another nickname for this user, always the same: who is refused `Ada` today and tomorrow is `Ada-4711` on both days. */
export function suggestion(nickname: string, userId: string): string {
  const hash = createHash('sha256').update(`${userId}\n${nickname}`).digest().readUInt32BE();
  const stem = [...new Intl.Segmenter().segment(shown(nickname).replace(SUFFIX, ''))]
    .slice(0, STEM)
    .map(({ segment }) => segment)
    .join('');
  const short = new TextEncoder().encode(stem).length <= 100 ? stem : 'guest';
  return `${short}-${1000 + (hash % 9000)}`;
}
