// Chance that repeats is even, and is the published Mulberry32.
import { expect, test } from '@jest/globals';
import { seeded } from './seeded.ts';

const draw = (seed: number, count: number) => Array.from({ length: count }, seeded(seed));

test('the same seed draws the same numbers, another seed draws others', () => {
  expect(draw(7, 5)).toEqual(draw(7, 5));
  expect(draw(7, 5)).not.toEqual(draw(8, 5));
});

test('the numbers fill 0 to below 1 evenly', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const number of draw(1, 10_000)) {
    const tenth = Math.floor(number * 10);
    tenths[tenth] = (tenths[tenth] ?? Number.NaN) + 1;
  }
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
