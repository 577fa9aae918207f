// Naming: the nickname one asks for, keeps and shares between devices, and what happens where it is another's.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { guestWith } from './guest.ts';

const [ada, bob] = [guestWith('a'.repeat(43)), guestWith('b'.repeat(43))];
let aws: TestAws;
let nameFor: typeof import('./naming.ts').nameFor;

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  ({ nameFor } = await import('./naming.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

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
  const crowd = Array.from({ length: 30 }, (_, at) => guestWith(`${at}`.padEnd(43, '_')));
  const names = await Promise.all(crowd.map((guest) => nameFor('Eve', guest)));
  expect(new Set(names).size).toBe(30);
  expect(names.filter((name) => name === 'Eve')).toHaveLength(1);
});

test('two guests whose names would be the same get two', async () => {
  expect(await nameFor(undefined, ada)).toBe(ada.nickname);
  expect(await nameFor(undefined, { ...bob, nickname: ada.nickname })).not.toBe(ada.nickname);
});
