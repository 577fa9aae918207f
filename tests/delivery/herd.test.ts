// The reconnect herd, in simulated time: 10,000 real lines cut at once never knock faster than the doors open.
import { describe, expect, test } from '@jest/globals';
import { hubbub, stampede, waiting } from '../../bench/herd-crowd.ts';

const DOORS_PER_S = 500;
const crowd = { clients: 10_000, doorsPerS: DOORS_PER_S };

describe('10,000 clients cut at once', () => {
  test.each([1, 2, 3, 4, 5])(
    'knock at most 500 times a second and are all back within 35 s (seed %i)',
    (seed) => {
      const { peakTriesPerS, allBackS } = stampede({ ...crowd, seed }, hubbub);
      expect(peakTriesPerS).toBeLessThanOrEqual(DOORS_PER_S);
      expect(allBackS).toBeLessThanOrEqual(35);
    },
  );

  test('would knock far faster with full jitter alone', () => {
    const fullJitter = waiting((tries, random) => random() * Math.min(60_000, 2_000 * 2 ** tries));
    const { peakTriesPerS } = stampede({ ...crowd, seed: 1 }, fullJitter);
    expect(peakTriesPerS).toBeGreaterThan(10 * DOORS_PER_S);
  });

  test('all come back, though later, when the server counted only a quarter of them', () => {
    const { allBackS } = stampede({ ...crowd, seed: 1, counted: 2_500 }, hubbub);
    expect(allBackS).toBeLessThanOrEqual(120);
  });
});
