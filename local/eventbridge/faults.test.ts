// Faults: the same seed brings the same misfortune.
import { expect, test } from '@jest/globals';
import { misfortune } from './faults.ts';

const HARSH = { copies: 3, delayMs: [10, 20], dropRate: 0.5, seed: 7 } as const;

function fates(seed: number) {
  const next = misfortune({ ...HARSH, delayMs: [10, 20], seed });
  return Array.from({ length: 200 }, next);
}

test('the same seed gives the same delays and drops, another seed others', () => {
  expect(fates(7)).toEqual(fates(7));
  expect(fates(8)).not.toEqual(fates(7));
});

test('delays stay in their range and reach across it', () => {
  const delays = fates(7).flat();
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...delays)).toBeLessThan(20);
  expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(9);
});

test('about the given share is dropped', () => {
  const arrived = fates(7).flat().length / (200 * HARSH.copies);
  expect(arrived).toBeGreaterThan(0.4);
  expect(arrived).toBeLessThan(0.6);
});

test('a drop rate of 1 drops everything, of 0 nothing', () => {
  const faults = { copies: 2, delayMs: [0, 0] as [number, number], seed: 1 };
  expect(misfortune({ ...faults, dropRate: 1 })()).toEqual([]);
  expect(misfortune({ ...faults, dropRate: 0 })()).toEqual([0, 0]);
});
