// Links in a message end where a reader ends them, and show where they lead.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linkify } from '../../front/src/core/linkify.js';

/** The text with its links in angle brackets; `label=address` where the two differ. */
const marked = (text: string) =>
  linkify(text)
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      const isSame = piece.href === piece.text || piece.href === `${piece.text}/`;
      return `<${piece.text}${isSame ? '' : `=${piece.href}`}>`;
    })
    .join('');

describe('a link ends', () => {
  test.each([
    ['at an Arabic question mark', 'هل رأيت https://e.test/a؟', 'هل رأيت <https://e.test/a>؟'],
    ['at an Arabic comma', 'https://e.test/a، ثم', '<https://e.test/a>، ثم'],
    ['at a full stop of Chinese', '看https://e.test。', '看<https://e.test>。'],
    ['there also before more words', '看https://e.test/a。然后', '看<https://e.test/a>。然后'],
    ['at a danda', 'https://e.test/a। फिर', '<https://e.test/a>। फिर'],
    ['where a host cannot go on', '看https://e.test然后', '看<https://e.test>然后'],
    ['before an emoji', 'https://e.test👍', '<https://e.test>👍'],
    ['at the full stop of a sentence', 'See https://e.test/a.', 'See <https://e.test/a>.'],
    ['before dots', 'https://e.test/a… yes', '<https://e.test/a>… yes'],
    ['before a dash', 'https://e.test/a— yes', '<https://e.test/a>— yes'],
    ['at a bracket that it did not open', '(https://e.test/a)b', '(<https://e.test/a>)b'],
    ['after one that it opened', '(https://e.test/a_(b)).', '(<https://e.test/a_(b)>).'],
    ['at wide brackets', '（https://e.test/a）', '（<https://e.test/a>）'],
    ['at corner brackets', '「https://e.test/a」と', '「<https://e.test/a>」と'],
    ['at guillemets', '«https://e.test/a»', '«<https://e.test/a>»'],
    ['at quotes', '“https://e.test/a” and', '“<https://e.test/a>” and'],
    ['at straight quotes', "'https://e.test/a'", "'<https://e.test/a>'"],
    ['at a backslash', 'https://evil.test\\@bank.test/', '<https://evil.test>\\@bank.test/'],
    ['at a bar of a table', '|https://e.test/a|b|', '|<https://e.test/a>|b|'],
    ['at what nobody sees', 'https://e.test/a\u200bb', '<https://e.test/a>\u200bb'],
    ['at a mark of emphasis', '_https://e.test/a_', '_<https://e.test/a>_'],
  ])('%s', (_, text, expected) => expect(marked(text)).toBe(expected));
});

describe('a link holds', () => {
  test.each([
    ['an apostrophe', "https://e.test/it's"],
    ['underscores', 'https://e.test/a_b_c'],
    ['a port, a query and a fragment', 'https://e.test:8080/a?b=c&d=1#e'],
    ['an address of IPv6', 'https://[::1]:3000/a'],
  ])('%s', (_, link) => expect(marked(`x ${link} y`)).toBe(`x <${link}> y`));

  test('a curly apostrophe and letters of every script, shown as typed', () => {
    expect(linkify('https://e.test/Rock’n’Roll/ü/私')).toEqual([
      {
        kind: 'link',
        text: 'https://e.test/Rock’n’Roll/ü/私',
        href: 'https://e.test/Rock%E2%80%99n%E2%80%99Roll/%C3%BC/%E7%A7%81',
      },
    ]);
  });

  test.each([
    ['www.e.test/a, and', '<www.e.test/a=https://www.e.test/a>, and'],
    ['see mailto:ann@e.test.', 'see <mailto:ann@e.test>.'],
    ['mailto:ann@e.test?bcc=eve@e.test', '<mailto:ann@e.test>?bcc=eve@e.test'],
    ['ann@www.e.test', 'ann@www.e.test'],
    ['xhttps://e.test', 'xhttps://e.test'],
    ['https:// and www. and mailto:', 'https:// and www. and mailto:'],
    ['javascript:alert(1) data:text/html,x', 'javascript:alert(1) data:text/html,x'],
  ])('%s', (text, expected) => expect(marked(text)).toBe(expected));
});

describe('a link in disguise', () => {
  test.each([
    ['a letter of the host is encoded', 'https://%65vil.test/', '<https://evil.test/>'],
    ['the host is a number', 'https://2130706433/', '<https://127.0.0.1/>'],
    ['the host comes after a third slash', 'https:///evil.test', '<https://evil.test/>'],
    ['the host has letters of others', 'https://gооgle.com', '<https://xn--ggle-55da.com/>'],
    ['the path goes up again', 'https://e.test/a/../b', '<https://e.test/b>'],
    ['a user stands for the host', 'https://bank.test@evil.test', 'https://bank.test@evil.test'],
  ])('shows where it leads: %s', (_, text, expected) => expect(marked(text)).toBe(expected));

  const controls = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069';
  test.each([...controls])('holds no %j', (control) => {
    const [link, rest] = linkify(`https://evil.test/${control}gnp.exe`);
    expect(link).toEqual({ kind: 'link', text: 'https://evil.test/', href: 'https://evil.test/' });
    expect(rest?.text).toBe(`${control}gnp.exe`);
  });
});

test('whatever is typed: the label leads where the link does, and no letter outside of links is lost', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'https://',
      'http://',
      'www.',
      'mailto:',
      'e.test',
      '/',
      '..',
      '@',
      '%65',
      '(',
      ')',
    ),
    fc.constantFrom(
      '\\',
      '\u202e',
      '\u2066',
      '“',
      '”',
      '’',
      '。',
      '؟',
      '然',
      'é',
      '#',
      '?',
      ' ',
      '.',
      '_',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
      const text = parts.join('');
      let at = 0;
      for (const piece of linkify(text)) {
        if (piece.kind === 'text') {
          const from = text.indexOf(piece.text, at);
          expect(from).toBeGreaterThanOrEqual(at);
          at = from + piece.text.length;
          continue;
        }
        const label = /^(https?:|mailto:)/iu.test(piece.text)
          ? piece.text
          : `https://${piece.text}`;
        expect(new URL(label).href).toBe(piece.href);
        expect(piece.text).not.toMatch(/[\s\\]|\p{Bidi_Control}/u);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('the longest message is searched at once', () => {
  for (const nasty of [')', '(', '.', 'https://', 'www.a', 'https://a', '@', '\u2019', '然'])
    expect(linkify(`https://a.test/${nasty.repeat(20_000 / nasty.length)}`).length).toBeGreaterThan(
      0,
    );
});
