// Proves what the page makes of other people's words: links without danger, names without tricks.
import { describe, expect, test } from '@jest/globals';
import { checkAddress } from '../../front/src/core/address.js';
import { frameOf } from '../../front/src/core/composition.js';
import { mintMessageId } from '../../front/src/core/identity.js';
import { checkIntroduction, spelled } from '../../front/src/core/introduction.js';
import { linkify } from '../../front/src/core/linkify.js';
import { shownNickname } from '../../front/src/core/nickname.js';
import { parseClientFrame } from '../../shared/src/protocol/parse.ts';
import { normalizeNickname } from '../../shared/src/rules/nickname.ts';

describe('links', () => {
  const links = (text: string) =>
    linkify(text).flatMap((one) => (one.kind === 'link' ? [one] : []));

  test.each([
    ['see https://a.example/b?c=d#e.', 'https://a.example/b?c=d#e'],
    ['(https://a.example/x)', 'https://a.example/x'],
    ['https://en.wikipedia.org/wiki/Go_(game)', 'https://en.wikipedia.org/wiki/Go_(game)'],
    ['"http://a.example/", he said', 'http://a.example/'],
  ])('are found in %j', (text, href) => {
    expect(links(text).map((link) => link.href)).toEqual([href]);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'https://',
    'https://bank.example@evil.example/',
    'xhttps://a.example',
  ])('are not made of %j', (text) => {
    expect(links(text)).toEqual([]);
  });

  test('show a look-alike host as what it is', () => {
    expect(links('https://аpple.com/x').map((link) => link.text)).toEqual([
      'https://xn--pple-43d.com/x',
    ]);
    expect(links('https://a.example/привет').map((link) => link.text)).toEqual([
      'https://a.example/привет',
    ]);
  });

  test('lose no letter of what surrounds them', () => {
    const text = '<b>\n https://a.example/b, and http://c.example! \n</b>';
    expect(
      linkify(text)
        .map((one) => one.text)
        .join(''),
    ).toBe(text);
  });
});

describe('names', () => {
  test('lose what is invisible or turns the text around', () => {
    expect(shownNickname('\u202eevil\u200b\u2066 name\u0000')).toBe('evil name');
    expect(shownNickname(`z${'\u0301'.repeat(30)}`)).toBe(`z${'\u0301'.repeat(3)}`);
    expect(shownNickname('\u200b \u2069')).toBe('someone');
    expect(shownNickname('Žofie 🦊 שרה')).toBe('Žofie 🦊 שרה');
  });
});

describe('an introduction', () => {
  const NICKNAMES = [
    'ada',
    'x'.repeat(32),
    '🦊'.repeat(32),
    'Ada L',
    'x'.repeat(33),
    ' ',
    'a\u202eb',
    'a\u061cb',
    '\u200d',
    '\u3164',
    '\u0301',
    'a\ud83d',
    '__proto__',
    '👨‍👩‍👧'.repeat(7),
    '👨‍👩‍👧'.repeat(8),
    'e\u0301'.repeat(32),
    `z${'\u0301'.repeat(64)}`,
    'x'.repeat(10_000),
  ];
  const ROOMS = [
    [],
    ['lobby', 'r_1-x'],
    ['é'.repeat(64)],
    ['my room'],
    ['my room!'],
    ['-x'],
    ['x'.repeat(65)],
    [''],
  ];
  const many = Array.from({ length: 51 }, (_, n) => `r${n}`);
  const cases = [
    ...NICKNAMES.map((nickname) => ({ nickname, rooms: ['lobby'] })),
    ...[...ROOMS, many, many.slice(1)].map((rooms) => ({ nickname: 'ada', rooms })),
  ];

  test.each(cases)('is taken here if the server takes it (%j)', (introduction) => {
    const who = { clientId: 'client-1', epoch: 1, secret: 's'.repeat(43) };
    const hello = JSON.stringify({ action: 'hello', v: 1, ...who, ...introduction });
    let isTaken = true;
    try {
      parseClientFrame(hello);
    } catch {
      isTaken = false;
    }
    if (isTaken) expect(() => checkIntroduction(introduction)).not.toThrow();
    else expect(() => checkIntroduction(introduction)).toThrow(RangeError);
  });
});

test('a nickname is spelled here as it is there', () => {
  for (const typed of ['  Ada \t Byron ', 'A\u0301da', '\u00a0Ada\u3000', 'ﬁn'])
    expect(spelled(typed)).toBe(normalizeNickname(typed));
});

describe('server addresses', () => {
  test.each(['wss://chat.example.org/dev', 'ws://localhost:3000/dev', 'ws://127.0.0.1:3000/'])(
    '%s is accepted',
    (typed) => {
      expect(checkAddress(` ${typed} `)).toEqual({ url: typed });
    },
  );

  test.each([
    'ws://chat.example.org/',
    'ws://localhost.evil.example/',
    'https://chat.example.org/',
    'wss://user:secret@chat.example.org/',
    'wss://chat.example.org/#x',
    'chat',
    '',
  ])('%j is refused with a reason', (typed) => {
    expect(checkAddress(typed)).toEqual({ why: expect.stringMatching(/\w/) });
  });
});

describe('a messageId', () => {
  const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));

  test('carries its time first, so later ids sort later', () => {
    const ids = [1, 2, 300, 70_000].map((ms) => mintMessageId(Date.UTC(2026, 10, 21) + ms, random));
    expect(ids.toSorted()).toEqual(ids);
    const id = mintMessageId(0x0123456789ab, () => new Uint8Array(16).fill(0xff));
    expect(id).toBe('01234567-89ab-7fff-bfff-ffffffffffff');
  });

  test('and its frame are what the server takes', () => {
    const entry = { messageId: mintMessageId(Date.now(), random), room: 'lobby', text: 'hi' };
    expect(parseClientFrame(JSON.stringify(frameOf(entry)))).toEqual({
      action: 'sendmessage',
      messageId: entry.messageId,
      room: 'lobby',
      message: 'hi',
    });
  });
});
