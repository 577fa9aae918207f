// The bucket itself: whatever a sandbox remembers of it, and whoever is faster, a token that is there is had.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';

const NOW = Date.now();
const Key = { pk: { S: 'user#u_1' }, sk: { S: 'renames' } };
let aws: TestAws;
let takeToken: typeof import('./token-bucket.ts').takeToken;

beforeAll(async () => {
  aws = await startAws('PingFunction');
  ({ takeToken } = await import('./token-bucket.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const take = async (atMs: number, key = Key) =>
  (await takeToken({ Key: key, size: 3, everyMs: 1_000 }, atMs)).afterMs;

test('a row that was used and is no more there is made again, by all who race for it', async () => {
  for (let round = 0; round < 10; round += 1) {
    await take(NOW);
    // The sandbox remembers a used bucket, and finds none.
    await aws.reset();
    const waits = await Promise.all([take(NOW), take(NOW), take(NOW), take(NOW)]);
    expect(waits.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1_000]);
  }
});

test('two buckets of one user are two', async () => {
  for (let at = 0; at < 3; at += 1) expect(await take(NOW)).toBe(0);
  const calls: string[] = [];
  aws.script.dynamodb = (action) => {
    calls.push(action);
    return undefined;
  };
  expect(await take(NOW, { ...Key, sk: { S: 'reserve' } })).toBe(0);
  expect(calls).toEqual(['UpdateItem']);
  expect(await take(NOW)).toBe(1_000);
});
