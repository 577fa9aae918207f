// What a message's marks mean: a few of Markdown's, each harmless, and nothing lost of what means itself.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Inline } from '../../front/src/core/inline.js';
import { type Block, parseMessage } from '../../front/src/core/markdown.js';

const wordsOf = (piece: Inline): string =>
  'children' in piece ? piece.children.map(wordsOf).join('') : piece.text;
const allWords = (blocks: Block[]): string =>
  blocks
    .map((one) => (one.kind === 'code' ? one.text : one.children.map(wordsOf).join('')))
    .join('\n');

/** `<strong>a</strong>` and so on, for reading in a test. */
const spell = (piece: Inline): string => {
  if ('children' in piece)
    return `<${piece.kind}>${piece.children.map(spell).join('')}</${piece.kind}>`;
  return piece.kind === 'text' ? piece.text : `<${piece.kind}>${piece.text}</${piece.kind}>`;
};
const spelled = (text: string, names: string[] = []) =>
  parseMessage(text, names)
    .map((one) =>
      one.kind === 'code'
        ? `[code]${one.text}`
        : `[${one.kind}]${one.children.map(spell).join('')}`,
    )
    .join('|');

const depthOf = (piece: Inline): number =>
  'children' in piece ? 1 + Math.max(0, ...piece.children.map(depthOf)) : 0;
const countOf = (piece: Inline): number =>
  'children' in piece ? 1 + piece.children.map(countOf).reduce((a, b) => a + b, 0) : 1;

describe('a message', () => {
  test.each([
    ['**bold** and *slanted*', '[lines]<strong>bold</strong> and <em>slanted</em>'],
    ['❤️*bold*', '[lines]❤️<em>bold</em>'],
    ['_slanted_, ~~struck~~', '[lines]<em>slanted</em>, <del>struck</del>'],
    ['**bold *and slanted* too**', '[lines]<strong>bold <em>and slanted</em> too</strong>'],
    ['run `a * b` now', '[lines]run <code>a * b</code> now'],
    ['``a ` b``', '[lines]<code>a ` b</code>'],
    ['**`x`**', '[lines]<strong><code>x</code></strong>'],
    ['first\nsecond', '[lines]first\nsecond'],
    ['> said\n> before\nyes', '[quote]said\nbefore|[lines]yes'],
    ['so:\n```js\na *b*\n\nc\n```\ndone', '[lines]so:|[code]a *b*\n\nc|[lines]done'],
    ['**https://a.example/a_b_c**', '[lines]<strong><link>https://a.example/a_b_c</link></strong>'],
  ])('%j is marked up', (text, marked) => {
    expect(spelled(text)).toBe(marked);
  });

  test.each([
    '__proto__',
    'snake_case_name',
    'हिन्दी_और_दूसरी_भाषा',
    'की*और*की',
    '2*3*4 and 7 * 8',
    '{{7*7}} <%= 7*7 %>',
    '*not closed',
    'not opened*',
    '**',
    '****',
    '~ ~~ ~~~',
    '```\nnever closed',
    '`never closed',
    '>_<',
    '>> twice',
    '* a list\n* of two',
    '<b>bold</b>',
  ])('%j means itself', (text) => {
    expect(allWords(parseMessage(text))).toBe(text);
    expect(spelled(text)).toBe(`[lines]${text}`);
  });

  test('marks a mention of these names, standing by itself, in whatever case', () => {
    expect(spelled('@Ada, ask @adam or a@ada.example', ['ada'])).toBe(
      '[lines]<mention>@Ada</mention>, ask @adam or a@ada.example',
    );
    expect(spelled('@a.b(c and @axb(c', ['a.b(c'])).toBe(
      '[lines]<mention>@a.b(c</mention> and @axb(c',
    );
    expect(spelled('hi @_x_ and @ada-2', ['_x_', 'ada'])).toBe(
      '[lines]hi <mention>@_x_</mention> and @ada-2',
    );
  });

  test.each([
    ['asterisks', '*'.repeat(4_000)],
    ['asterisks apart', '*a '.repeat(1_333)],
    ['openings of every kind', '**a *b _c ~~d '.repeat(280)],
    ['openings and closings', '**a*_~~b~~_*c**'.repeat(260)],
    ['unclosed fences', '```\n'.repeat(1_000)],
    ['unclosed fences of languages', '```js\n'.repeat(660)],
    ['backticks of every length', Array.from({ length: 88 }, (_, n) => '`'.repeat(n)).join(' ')],
    ['quotes in quotes', '> '.repeat(2_000)],
    ['a link that closes what it never opened', `https://a.example/${')'.repeat(3_900)}`],
    ['mentions', '@ada'.repeat(1_000)],
  ])('of hostile %s has no more pieces than letters, and none nested deep', (_, text) => {
    const pieces = parseMessage(text, ['ada']).flatMap((one) =>
      one.kind === 'code' ? [] : one.children,
    );
    expect(pieces.map(countOf).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(text.length);
    expect(Math.max(0, ...pieces.map(depthOf))).toBeLessThanOrEqual(4);
  });

  const marked = fc
    .array(
      fc.constantFrom(
        '*',
        '**',
        '_',
        '~~',
        '`',
        '```',
        '\n',
        '> ',
        ' ',
        'a',
        'é',
        '🦊',
        '@ada',
        'https://a.example/(x)',
      ),
    )
    .map((parts) => parts.join(''));

  test('loses nothing but marks and line ends, whatever it is made of', () => {
    const bare = (text: string) => text.replace(/[*_~`>\s]/gu, '');
    fc.assert(
      fc.property(marked, (text) => {
        // What a fence names as its language goes with the fence.
        fc.pre(!/```a/u.test(text));
        expect(bare(allWords(parseMessage(text, ['ada'])))).toBe(bare(text));
      }),
    );
  });

  test('without marks is itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/[*_~`>]|^https?:/u.test(text));
        expect(allWords(parseMessage(text))).toBe(text);
      }),
    );
  });
});
