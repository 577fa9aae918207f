// Batches: nothing is lost, nothing is asked for twice that was done, and nobody waits for ever.

import { expect, test } from '@jest/globals';
import { runInBatches } from './batch.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

test.each([
  [0, []],
  [3, [3]],
  [25, [25]],
  [60, [25, 25, 10]],
])('%p are asked for in pieces of %p, in order', async (count, sizes) => {
  const pieces: number[][] = [];
  await runInBatches(numbers(count), 25, async (piece) => {
    pieces.push(piece);
    return undefined;
  });
  expect(pieces.map(({ length }) => length)).toEqual(sizes);
  expect(pieces.flat()).toEqual(numbers(count));
});

test('what is left undone is asked for again, and no more than that, before the next piece', async () => {
  const pieces: number[][] = [];
  await runInBatches(numbers(5), 3, async (piece) => {
    pieces.push(piece);
    return pieces.length < 3 ? piece.slice(1) : [];
  });
  expect(pieces).toEqual([[0, 1, 2], [1, 2], [2], [3, 4]]);
});

test('what six tries leave undone is an error, and the pieces after it are not asked for', async () => {
  const asked: number[] = [];
  const all = runInBatches(numbers(4), 2, async (piece) => {
    asked.push(...piece);
    return piece.slice(-1);
  });
  await expect(all).rejects.toThrow('1 rows were left undone');
  expect(asked).toEqual([0, 1, 1, 1, 1, 1, 1]);
});

test('what the call throws is thrown', async () => {
  const refused = runInBatches([1], 25, () => Promise.reject(new Error('AccessDenied')));
  await expect(refused).rejects.toThrow('AccessDenied');
});
