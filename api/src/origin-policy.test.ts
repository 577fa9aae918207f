// The door: exactly the origins that are listed come in, whatever trick another tries.

import { describe, expect, test } from '@jest/globals';
import { type HandshakeHeaders, isOriginAllowed } from './origin-policy.ts';

const door = { allowed: 'https://chat.example.com, http://127.0.0.1:3000', allowNone: true };
const from = (origin: string): HandshakeHeaders => ({ Origin: [origin] });

describe('comes in', () => {
  test.each([['https://chat.example.com'], ['http://127.0.0.1:3000']])(
    '%s, which is listed',
    (origin) => {
      expect(isOriginAllowed(from(origin), door)).toBe(true);
      expect(isOriginAllowed({ origin: [origin] }, door)).toBe(true);
      expect(isOriginAllowed({ ORIGIN: [origin] }, door)).toBe(true);
    },
  );

  test('anybody, only where * is written', () => {
    expect(isOriginAllowed(from('https://elsewhere.example'), { ...door, allowed: '*' })).toBe(
      true,
    );
    expect(isOriginAllowed(from('null'), { ...door, allowed: '*' })).toBe(false);
  });

  test('a client without an origin, where that is allowed', () => {
    expect(isOriginAllowed({ Host: ['chat.example.com'] }, door)).toBe(true);
    expect(isOriginAllowed({ Host: ['chat.example.com'] }, { ...door, allowNone: false })).toBe(
      false,
    );
  });
});

describe('stays out', () => {
  test.each([
    ['the origin null', 'null'],
    ['an empty origin', ''],
    ['another scheme', 'http://chat.example.com'],
    ['a scheme of sockets', 'wss://chat.example.com'],
    ['another host', 'https://example.com'],
    ['a longer host', 'https://chat.example.com.evil.example'],
    ['a host with a prefix', 'https://evilchat.example.com'],
    ['a subdomain', 'https://a.chat.example.com'],
    ['a user name in front', 'https://chat.example.com@evil.example'],
    ['a port', 'https://chat.example.com:8443'],
    ['the default port, which no browser writes', 'https://chat.example.com:443'],
    ['another port', 'http://127.0.0.1:30000'],
    ['no port', 'http://127.0.0.1'],
    ['another name of this machine', 'http://localhost:3000'],
    ['upper case', 'https://CHAT.example.com'],
    ['an upper-case scheme', 'HTTPS://chat.example.com'],
    ['a slash', 'https://chat.example.com/'],
    ['a path', 'https://chat.example.com/page'],
    ['a dot at the end', 'https://chat.example.com.'],
    ['white space', ' https://chat.example.com'],
    ['two in one', 'https://chat.example.com, https://evil.example'],
    ['the list itself', door.allowed],
    ['a wildcard', '*'],
    ['the word for nobody', 'none'],
  ])('%s', (_, origin) => {
    expect(isOriginAllowed(from(origin), door)).toBe(false);
  });

  test('who names several origins, in one header or in two of different case', () => {
    const both = ['https://chat.example.com', 'https://evil.example'];
    expect(isOriginAllowed({ Origin: both }, door)).toBe(false);
    expect(isOriginAllowed({ Origin: both.toReversed() }, door)).toBe(false);
    expect(isOriginAllowed({ Origin: [both[0] ?? ''], origin: [both[0] ?? ''] }, door)).toBe(false);
  });

  test('every page, where none is listed', () => {
    const none = { ...door, allowed: 'none' };
    expect(isOriginAllowed(from('https://chat.example.com'), none)).toBe(false);
    expect(isOriginAllowed(from('none'), none)).toBe(false);
  });
});
