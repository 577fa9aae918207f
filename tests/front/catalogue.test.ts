// Proves that the page speaks both languages whole, and that no view has words of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ago } from '../../front/src/core/ago.js';
import { createWhen } from '../../front/src/ui/when.js';
import { ar as arOfPage } from '../../front/src/words/ar.js';
import { dialogsAr } from '../../front/src/words/dialogs-ar.js';
import { dialogsEn } from '../../front/src/words/dialogs-en.js';
import { en as enOfPage } from '../../front/src/words/en.js';
import {
  chooseLanguage,
  directionOf,
  localeOf,
  plural,
  wordsIn,
} from '../../front/src/words/words.js';
import { ERRORS } from '../../shared/src/protocol/errors.ts';

/** What comes with the page, and what comes with the dialogs. */
const en = { ...enOfPage, ...dialogsEn };
const ar = { ...arOfPage, ...dialogsAr };

const SRC = resolve(import.meta.dirname, '../../front/src');
/** In Arabic only keys, addresses and names of things are in Latin letters. */
const NAMES = /\b(Hubbub|JavaScript|Enter|Shift|Esc|localhost|wss?:\/\/[\w./]*)/g;
/** An empty draft is not complained of. */
const SILENT = ['composer.problems.empty'];

/** How a number or a date gets its digits; `locale` is what localeOf says. */
const FORMATTED =
  /(?:(?:DateTime|RelativeTime|Number)Format|toLocale(?:\w*Time|Date)?String)\((?:pinned\(\w+\)|\w*)/g;

/** Read by a name that is made up: came-and-went.js. */
const COMPUTED = ['timeline.came', 'timeline.went'];

/** Every entry, by its path. */
function entries(section: object, path = ''): [string, unknown][] {
  return Object.entries(section).flatMap(([key, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? entries(value, `${path}${key}.`)
      : [[path + key, value]],
  );
}

/** What an entry says, its functions asked with these arguments. */
function said(entry: unknown, argument: unknown): string {
  const value =
    typeof entry === 'function'
      ? (entry(...Array.from({ length: entry.length }, () => argument)) as unknown)
      : entry;
  return Array.isArray(value) ? value.join('') : String(value);
}

const arity = (entry: unknown) => (typeof entry === 'function' ? entry.length : 'words');

describe('the catalogue', () => {
  test('has the same entries in both languages, asked for the same', () => {
    const shape = (catalogue: object) =>
      Object.fromEntries(entries(catalogue).map(([path, entry]) => [path, arity(entry)]));
    expect(shape(ar)).toEqual(shape(en));
    expect(entries(en).length).toBeGreaterThan(30);
  });

  test('says of every refusal that needs its sender, as the wire names it, what it means', () => {
    const final = Object.entries(ERRORS).filter(([, { retry }]) => !retry);
    const codes = Object.keys(en.timeline.refused);
    expect(codes.filter((code) => !final.some(([name]) => name === code))).toEqual([]);
    expect(codes).toEqual(
      expect.arrayContaining(['MessageTooLong', 'MessageIdReused', 'NotInRoom']),
    );
  });

  test.each([1, 2, 3, 11, 100])('has no empty entry, for %d or any other', (n) => {
    const empty = [en, ar].flatMap((catalogue) =>
      entries(catalogue).filter(([, entry]) => said(entry, n).trim() === ''),
    );
    const paths = empty.map(([path]) => path);
    expect(paths.filter((path) => !SILENT.includes(path))).toEqual([]);
    const odd = entries(en)
      .filter(([, entry]) => typeof entry === 'function')
      .filter(([, entry]) => /undefined|NaN|\[object|#/.test(said(entry, n)));
    expect(odd.map(([path]) => path)).toEqual([]);
  });

  test('says in Arabic what it says in English, in Arabic letters', () => {
    const latin = entries(ar).filter(([, entry]) =>
      /\p{Script=Latin}/u.test(said(entry, 3).replaceAll(NAMES, '')),
    );
    expect(latin.map(([path, entry]) => `${path}: ${said(entry, 3)}`)).toEqual([]);
    const same = entries(en).filter(([path, entry]) => {
      const other = Object.fromEntries(entries(ar))[path];
      return /\p{L}/u.test(said(entry, 3)) && said(entry, 3) === said(other, 3);
    });
    expect(same.map(([path]) => path)).toEqual([]);
  });

  test('names what it is told', () => {
    expect(en.people.typingTwo('Ada', 'Bob').join('')).toBe('Ada and Bob are typing…');
    expect(ar.people.newMessageFrom('Ada')).toContain('Ada');
  });
});

describe('numbers', () => {
  test('take the form that the language has for them', () => {
    const forms = { zero: 'z', one: 'o', two: 't', few: 'f #', many: 'm', other: 'x #' };
    expect([0, 1, 2, 3, 11, 100].map((n) => plural('ar', n, forms)[0]).join('')).toBe('zotfmx');
    expect(plural('en', 1_234, { one: 'one', other: '# things' })).toBe('1,234 things');
    expect(plural('en', 1, { other: '# here' })).toBe('1 here');
  });
});

describe('the language', () => {
  test.each([
    [null, ['de-DE', 'ar-EG', 'en'], 'ar'],
    [null, ['de-DE', 'fr'], 'en'],
    ['en', ['ar'], 'en'],
    ['xx', ['ar'], 'ar'],
    ['auto', ['ar'], 'ar'],
  ])('chosen as %j with %j preferred is %s', (chosen, preferred, language) => {
    expect(chooseLanguage(chosen, preferred)).toBe(language);
  });

  test('has a direction, words, and the dates of the reader’s own variant', async () => {
    expect([directionOf('ar'), directionOf('en')]).toEqual(['rtl', 'ltr']);
    expect([await wordsIn('ar'), await wordsIn('en')]).toEqual([arOfPage, enOfPage]);
    const variant = (...args: Parameters<typeof localeOf>) =>
      new Intl.Locale(localeOf(...args)).baseName;
    expect(variant('en', ['ar', 'en-GB', 'en'])).toBe('en-GB');
    expect(variant('ar', ['en-GB'])).toBe('ar');
    expect(variant('en', ['en-US@posix'])).toBe('en');
  });

  // Among them are all that CLDR gives other digits, or had another calendar for.
  const ARABIC = 'AE BH DZ EG IQ JO KW LB LY MA OM QA SA SD SY TN YE'.split(' ');
  test.each([
    'ar',
    ...ARABIC.map((region) => `ar-${region}`),
    'ar-u-nu-arab-ca-islamic',
    'en-u-nu-thai',
  ])(
    'of a reader who prefers %s counts and dates with the digits of its words, by one calendar',
    (tag) => {
      const language = tag.startsWith('ar') ? 'ar' : 'en';
      const locale = localeOf(language, [tag]);
      const { timeline } = { ar, en }[language];
      const at = Date.UTC(2026, 10, 21, 14, 5);
      const when = createWhen({ locale, words: timeline, now: () => at });
      const earlier = when.day(Date.UTC(2025, 10, 18, 12));
      const shown = [when.short(at), when.full(at), earlier, plural(tag, 4_711, { other: '#' })];
      for (const text of [...shown, ago(5 * 60 * 60_000, locale) ?? '']) {
        expect(text).toMatch(/[0-9]/);
        expect(text.replaceAll(/[0-9]/g, '')).not.toMatch(/\p{Nd}/u);
      }
      expect(when.full(at)).toContain('2026');
      expect(earlier).toContain('2025');
    },
  );

  test('formats nothing by a locale that is not pinned', () => {
    const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => readFileSync(join(SRC, file), 'utf8').match(FORMATTED) ?? []);
    expect(new Set(sources)).toEqual(
      new Set([
        'DateTimeFormat(locale',
        'RelativeTimeFormat(locale',
        'NumberFormat(pinned(language)',
      ]),
    );
  });
});

describe('views', () => {
  const views = readdirSync(join(SRC, 'ui')).map((file) => join('ui', file));
  /** What is put where somebody reads or hears it: the literal. */
  const SPOKEN =
    /(?:textContent|title|placeholder|alt|ariaLabel|aria-label|aria-description)['\])]*\s*[=:,]\s*('[^'\n]*'|"[^"\n]*"|`[^`]*`)/g;
  /** Letters that are no expression's and no address's. */
  const isWord = (literal: string) =>
    /\p{L}{2}/u.test(literal.replaceAll(/\$\{[^}]*\}|wss:\/\//g, ''));

  test('have no words of their own', () => {
    const words = [...views, 'app.js'].flatMap((file) =>
      [...readFileSync(join(SRC, file), 'utf8').matchAll(SPOKEN)]
        .filter(([, literal = '']) => isWord(literal))
        .map(([it]) => `${file}: ${it}`),
    );
    expect(words).toEqual([]);
  });

  test('read every word that there is', () => {
    const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(js|html)$/.test(file) && !file.startsWith('words'))
      .map((file) => readFileSync(join(SRC, file), 'utf8'))
      .join('\n');
    const paths = Object.entries(en).flatMap(([section, words]) =>
      Object.keys(words).map((key) => `${section}.${key}`),
    );
    const dead = paths.filter((path) => {
      const key = path.split('.').at(-1);
      const isRead = new RegExp(`words(\\.\\w+)?\\.${key}\\b|data-(word|label|title)="${key}"`);
      return !COMPUTED.includes(path) && !isRead.test(sources);
    });
    expect(dead).toEqual([]);
  });

  test('and the page has none either, but its name and what is said without JavaScript', () => {
    const html = readFileSync(join(SRC, 'index.html'), 'utf8')
      .replace(/<!--.*?-->|<head>.*?<\/head>|<noscript>.*?<\/noscript>/gs, '')
      .replaceAll(/\s(?!aria-label=|title=|alt=|placeholder=)[\w-]+="[^"]*"/g, '')
      .replaceAll(/="(.*?)"/g, '>$1<');
    const words = html.replaceAll(/<!doctype html>|<[^>]*>/gi, ' ').match(/\p{L}{2,}/gu) ?? [];
    expect(words.filter((word) => word !== 'Hubbub')).toEqual([]);
  });
});
