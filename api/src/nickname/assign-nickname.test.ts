// Naming: the nickname one asks for, keeps and shares between devices, and what happens where it is another's.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { guestOfSecret } from '../guest.ts';

const [ada, bob] = [guestOfSecret('a'.repeat(43)), guestOfSecret('b'.repeat(43))];
let aws: TestAws;
let naming: typeof import('./assign-nickname.ts');

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  naming = await import('./assign-nickname.ts');
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const nameFor = async (asked: string | undefined, guest: typeof ada) =>
  (await naming.assignNickname(asked, guest)).nickname;

test('is what was asked for, as it is shown', async () => {
  expect(await nameFor('  Ada  Byron ', ada)).toBe('Ada Byron');
});

test("is a guest's where nothing was asked for, or nothing that can be seen", async () => {
  expect(await nameFor(undefined, ada)).toBe(ada.nickname);
  expect(await nameFor('\u200d', bob)).toBe(bob.nickname);
});

test('stays on another device that asks for none', async () => {
  await nameFor('Ada', ada);
  expect(await nameFor(undefined, ada)).toBe('Ada');
});

test('is another like it, today and tomorrow the same, where it is taken', async () => {
  await nameFor('Ada', ada);
  const given = await nameFor('АDA', bob);
  expect(given).toMatch(/^АDA-\d{4}$/);
  expect(await nameFor('АDA', bob)).toBe(given);
  expect(await nameFor('Ada', ada)).toBe('Ada');
});

test('of thirty who come at once by one name, each goes by one of their own, and one by that', async () => {
  const crowd = Array.from({ length: 30 }, (_, at) => guestOfSecret(`${at}`.padEnd(43, '_')));
  const names = await Promise.all(crowd.map((guest) => nameFor('Eve', guest)));
  expect(new Set(names).size).toBe(30);
  expect(names.filter((name) => name === 'Eve')).toHaveLength(1);
});

test('two guests whose names would be the same get two', async () => {
  expect(await nameFor(undefined, ada)).toBe(ada.nickname);
  expect(await nameFor(undefined, { ...bob, nickname: ada.nickname })).not.toBe(ada.nickname);
});

const calls = async (of: () => Promise<unknown>): Promise<string[]> => {
  const made: string[] = [];
  aws.script.dynamodb = (action) => void made.push(action);
  await of();
  aws.script.dynamodb = () => undefined;
  return made;
};
/** As if what the user holds had been claimed so long ago. */
const age = async (ms: number, fields = {}) => {
  for (const row of await aws.rows(aws.tables.connections))
    if (row.claimedAt !== undefined)
      await aws.put(aws.tables.connections, {
        ...row,
        claimedAt: { N: String(Number(row.claimedAt.N) - ms) },
        ...fields,
      });
};
const DAY_MS = 24 * 60 * 60_000;

test('that has not changed costs one read a day, and is claimed again after it', async () => {
  await nameFor('Ada', ada);
  expect(await calls(() => nameFor(undefined, ada))).toEqual(['GetItem']);
  expect(await calls(() => nameFor(' Ada ', ada))).toEqual(['GetItem']);
  await age(DAY_MS);
  expect(await calls(() => nameFor(undefined, ada))).toEqual([
    ...['GetItem', 'UpdateItem', 'UpdateItem'],
  ]);
  expect(await calls(() => nameFor(undefined, ada))).toEqual(['GetItem']);
});

test('that was claimed when names folded otherwise is claimed anew at once, and frees what it was', async () => {
  await nameFor('Ada', ada);
  await age(0, { folded: { S: 'before' } });
  expect(await calls(() => nameFor(undefined, ada))).toContain('DeleteItem');
});

test('that is spelled otherwise is claimed', async () => {
  await nameFor('Ada', ada);
  expect(await nameFor('ADA', ada)).toBe('ADA');
  expect(await nameFor(undefined, ada)).toBe('ADA');
});

test('says whether the user has gone by another until now', async () => {
  expect(await naming.assignNickname('Ada', ada)).toEqual({ nickname: 'Ada', isChange: false });
  expect(await naming.assignNickname(undefined, ada)).toEqual({ nickname: 'Ada', isChange: false });
  expect(await naming.assignNickname('Eve', ada)).toEqual({ nickname: 'Eve', isChange: true });
});

test.each(['guest-0000', 'Guest-zzzz', 'guеst-1', 'guest\u2011ab12', 'guest\u2212ab12'])(
  'is not %s, which is given and never asked for',
  async (asked) => {
    expect(await nameFor(asked, ada)).toBe(ada.nickname);
    await nameFor('Ada', ada);
    expect(await nameFor(asked, ada)).toBe('Ada');
  },
);

test.each(['admin', 'Аdmin', 'support 2', '[Hubbub]', 'ᏚuppᎾrt', 'guest_1', 'guestー1'])(
  'is not %s, which nobody may go by',
  async (asked) => {
    expect(await nameFor(asked, ada)).toBe(ada.nickname);
    await nameFor('Ada', ada);
    expect(await nameFor(asked, ada)).toBe('Ada');
    expect(await naming.suggestFreeNickname(asked, bob.userId)).toMatch(/^somebody-\d{4}$/);
  },
);

test('that was reserved after somebody took it is theirs until their next hello', async () => {
  const { claimNickname, readNickname } = await import('../../../shared/src/store/nicknames.ts');
  await claimNickname('Admin', ada.userId, 'mark');
  expect(await naming.assignNickname(undefined, ada)).toEqual({
    nickname: ada.nickname,
    isChange: true,
  });
  expect(await readNickname(ada.userId)).toBe(ada.nickname);
});

test("is one's own guest's name for who asks for it back", async () => {
  await nameFor('Ada', ada);
  expect(await nameFor(ada.nickname, ada)).toBe(ada.nickname);
});

test('one like it is free, and no name of a guest', async () => {
  const like = await naming.suggestFreeNickname('Ada', bob.userId);
  expect(await nameFor(like, bob)).toBe(like);
  expect(await naming.suggestFreeNickname('guest-0000', bob.userId)).toMatch(/^somebody-\d{4}$/);
});

test('another is suggested where the first like it is taken too', async () => {
  const first = await naming.suggestFreeNickname('Eve', bob.userId);
  await nameFor(first, ada);
  const second = await naming.suggestFreeNickname('Eve', bob.userId);
  expect(second).not.toBe(first);
  expect(await nameFor(second, bob)).toBe(second);
});
