// Proves the arithmetic below the promises: what is known plus what is missing is everything; every wait is in its bounds.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { askAgain, firstTry, fullJitter, rotateAfter } from '../../front/src/core/backoff.js';
import { createExtent } from '../../front/src/core/extent.js';
import { above, add, has, missing, type Range } from '../../front/src/core/ranges.js';

const span = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 6 }));
const spans = fc.array(span, { maxLength: 12 });
const all = Array.from({ length: 50 }, (_, n) => n + 1);

describe('ranges', () => {
  test('hold exactly what was added, sorted and apart', () => {
    fc.assert(
      fc.property(spans, (added) => {
        const ranges = added.reduce<Range[]>(
          (known, [from, more]) => add(known, from, from + more),
          [],
        );
        const inside = all.filter((n) =>
          added.some(([from, more]) => from <= n && n <= from + more),
        );
        expect(all.filter((n) => has(ranges, n))).toEqual(inside);
        ranges.forEach(([from], at) => {
          expect(from).toBeGreaterThan((ranges[at - 1]?.[1] ?? -1) + 1);
        });
        const holes = missing(ranges, 1, 50);
        expect(all.filter((n) => has(holes, n))).toEqual(all.filter((n) => !inside.includes(n)));
        expect(all.filter((n) => has(above(ranges, 20), n))).toEqual(inside.filter((n) => n > 20));
      }),
    );
  });

  test('an extent is unbroken up to its first hole', () => {
    fc.assert(
      fc.property(fc.nat(10), fc.array(fc.integer({ min: 1, max: 30 })), (floor, known) => {
        const extent = createExtent(floor);
        for (const seq of known) extent.know(seq);
        const end = extent.unbrokenAfter(floor);
        const isKnown = (n: number) => n <= floor || known.includes(n);
        expect(all.filter((n) => n <= end).every(isKnown)).toBe(true);
        if (end < extent.head()) expect(isKnown(end + 1)).toBe(false);
      }),
    );
  });
});

describe('every wait is in its bounds', () => {
  const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const tries = fc.integer({ min: 1, max: 2_000 });

  test('of a reconnect', () => {
    fc.assert(
      fc.property(
        tries,
        fraction,
        fc.integer({ min: 1_000, max: 60_000 }),
        (n, chance, spreadMs) => {
          expect(fullJitter(n, chance)).toBeLessThanOrEqual(Math.min(60_000, 2_000 * 2 ** (n - 1)));
          expect(fullJitter(n, chance)).toBeGreaterThanOrEqual(0);
          expect(firstTry(spreadMs, 0, chance)).toBeLessThanOrEqual(spreadMs);
          expect(firstTry(spreadMs, n, chance)).toBeLessThanOrEqual(60_000);
        },
      ),
    );
  });

  test('of a rotation and of a question', () => {
    fc.assert(
      fc.property(tries, fraction, (n, chance) => {
        expect(rotateAfter(chance)).toBeGreaterThanOrEqual(90 * 60_000);
        expect(rotateAfter(chance)).toBeLessThanOrEqual(110 * 60_000);
        expect(askAgain(n, chance)).toBeGreaterThanOrEqual(500);
        expect(askAgain(n, chance)).toBeLessThanOrEqual(n < 10 ? 30_000 : 10 * 60_000);
      }),
    );
  });
});
