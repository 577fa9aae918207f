// Claims: one owner per folded nickname at any moment (invariant I14), whoever races; freed only by its owner, and by time.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';

let aws: TestAws;
let door: typeof import('./nicknames.ts');

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  door = await import('./nicknames.ts');
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const claim = (nickname: string, userId: string) =>
  door.claimNickname(nickname, userId, crypto.randomUUID());
const claims = async () =>
  (await aws.rows(aws.tables.connections)).filter(({ pk }) => pk?.S?.startsWith('nickname#'));
const owners = async () =>
  Object.fromEntries((await claims()).map(({ pk, userId }) => [pk?.S?.slice(9), userId?.S]));

test('a free nickname is reserved for thirty days; its owner may have it again', async () => {
  const before = Math.floor(Date.now() / 1000);
  expect(await claim('Ada', 'u_1')).toBe(true);
  expect(await claim('ADA', 'u_1')).toBe(true);
  const [row, ...more] = await claims();
  expect(more).toEqual([]);
  expect(row).toMatchObject({ userId: { S: 'u_1' }, display: { S: 'ADA' } });
  expect(Number(row?.expiresAt?.N)).toBeGreaterThanOrEqual(before + 30 * 24 * 60 * 60);
});

test.each(['Ada', 'adа', 'Ａda', 'A\u200bda'])('nobody else gets it, nor %s', async (nickname) => {
  await claim('Ada', 'u_1');
  expect(await claim(nickname, 'u_2')).toBe(false);
  expect(await owners()).toEqual({ ada: 'u_1' });
});

test('what cannot be seen is nobody’s', async () => {
  expect(await claim('\u200b', 'u_1')).toBe(false);
  expect(await claims()).toEqual([]);
});

test('of forty who ask at once for lookalikes of one name, exactly one gets it', async () => {
  const forms = ['Ada', 'ADA', 'Аdа', 'A\u200dda'];
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => claim(forms[at % 4] ?? '', `u_${at}`)),
  );
  const winner = answers.indexOf(true);
  expect(answers.filter((answer) => answer)).toHaveLength(1);
  expect(await owners()).toEqual({ ada: `u_${winner}` });
});

test('another nickname frees the old one, for anybody', async () => {
  await claim('Ada', 'u_1');
  await claim('Bob', 'u_1');
  expect(await owners()).toEqual({ bob: 'u_1' });
  expect(await claim('Ada', 'u_2')).toBe(true);
});

test('asking in vain for another leaves the old one', async () => {
  await claim('Ada', 'u_1');
  await claim('Bob', 'u_2');
  expect(await claim('Bob', 'u_1')).toBe(false);
  expect(await owners()).toEqual({ ada: 'u_1', bob: 'u_2' });
});

test('one that has run out is free, though its row still stands; its old owner frees nothing of the new', async () => {
  await claim('Ada', 'u_1');
  const [row] = await claims();
  await aws.put(aws.tables.connections, { ...row, expiresAt: { N: '1' } });
  expect(await claim('Ada', 'u_2')).toBe(true);
  await claim('Bob', 'u_1');
  expect(await owners()).toEqual({ ada: 'u_2', bob: 'u_1' });
});

test('devices of two users that change their minds at once never leave a name with two, nor a user with none', async () => {
  const names = ['Ada', 'Bob', 'Eve'];
  const held = new Map<string, string>();
  for (let round = 0; round < 15; round += 1) {
    await Promise.all(
      ['u_1', 'u_2'].flatMap((userId, who) =>
        [0, 1].map(async (device) => {
          const nickname = names[(round + who + device) % names.length] ?? '';
          if (await claim(nickname, userId)) held.set(userId, nickname);
        }),
      ),
    );
    const current = (await aws.rows(aws.tables.connections)).filter(
      ({ pk, sk }) => pk?.S?.startsWith('user#') && sk?.S === 'nickname',
    );
    const owned = await owners();
    for (const { pk, folded } of current) expect(owned[folded?.S ?? '']).toBe(pk?.S?.slice(5));
  }
  expect(held.size).toBe(2);
});
