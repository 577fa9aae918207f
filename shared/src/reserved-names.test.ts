// Reserved names: whatever a reader takes for one, and nothing else.

import { beforeEach, describe, expect, jest, test } from '@jest/globals';

let reserved: typeof import('./reserved-names.ts');

const listing = async (names: string) => {
  process.env.RESERVED_NAMES = names;
  jest.resetModules();
  reserved = await import('./reserved-names.ts');
};

describe('of admin, all and Help Desk', () => {
  beforeEach(() => listing('admin,all, Help Desk'));

  test.each([
    ...[
      'admin',
      'ADMIN',
      'Аdmin',
      'ᴀdmin',
      'ＡＤＭＩＮ',
      'adm1n',
      'ádmin',
      'ad\u200bmin',
      'a_d-m.i n',
    ],
    ...[
      'admin1',
      'admin-4711',
      'admin ٣',
      '[admin]',
      '-admin-',
      'admin ✅',
      '⭐admin⭐',
      'a11',
      'AII',
    ],
    ...['help-desk', 'helpdesk', 'ᎪᎠᎷᏆN'],
  ])('%j is a reserved nickname', (name) => {
    expect(reserved.isReservedNickname(name)).toBe(true);
  });

  test.each([
    'admins',
    'a-11',
    'a 11',
    'xXadminXx',
    'badmin',
    'Ada',
    'allen',
    'help',
    '1',
    '😀',
    'guest-1',
  ])('%j is none', (name) => expect(reserved.isReservedNickname(name)).toBe(false));

  test.each(['admin', 'аdmin', 'ad-min', 'all', 'a11', 'help-desk'])(
    '%j is a reserved room',
    (room) => {
      expect(reserved.isReservedRoom(room)).toBe(true);
    },
  );

  test.each(['admin-2', 'a-11', 'all-2026', 'lobby', 'help'])('%j is no reserved room', (room) => {
    expect(reserved.isReservedRoom(room)).toBe(false);
  });
});

test('none reserves nothing, not even none', async () => {
  await listing('none');
  for (const name of ['admin', 'none', ''])
    expect([reserved.isReservedNickname(name), reserved.isReservedRoom(name)]).toEqual([
      ...[false, false],
    ]);
});
