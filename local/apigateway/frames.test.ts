// Tests of the frame counter alone: any split of the stream, any mix of lengths.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { frameCounter } from './frames.ts';

const LIMIT = 32 * 1024;

/** A masked client frame of `length` zero bytes, its header in the shortest form. */
function frame(length: number): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const payload = Buffer.alloc(length);
  if (length < 126) return Buffer.concat([Buffer.from([0x81, 0x80 | length]), mask, payload]);
  const long = length > 0xffff;
  const header = Buffer.alloc(long ? 10 : 4);
  header[0] = 0x81;
  header[1] = 0x80 | (long ? 127 : 126);
  if (long) header.writeBigUInt64BE(BigInt(length), 2);
  else header.writeUInt16BE(length, 2);
  return Buffer.concat([header, mask, payload]);
}

describe('the frame counter', () => {
  test('lets a frame of exactly the limit pass and refuses one byte more', () => {
    expect(frameCounter(LIMIT)(frame(LIMIT))).toBe(false);
    expect(frameCounter(LIMIT)(frame(LIMIT + 1))).toBe(true);
  });

  test('refuses from the header alone, before the payload has come', () => {
    expect(frameCounter(LIMIT)(frame(70_000).subarray(0, 14))).toBe(true);
  });

  test('stays at its refusal', () => {
    const tooLong = frameCounter(LIMIT);
    tooLong(frame(LIMIT + 1));
    expect(tooLong(frame(1))).toBe(true);
  });

  test('reads frames of any lengths through any split into chunks', () => {
    const lengths = fc.array(fc.constantFrom(0, 1, 125, 126, 127, 300, 65_535, 65_536), {
      minLength: 1,
      maxLength: 6,
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(lengths, cuts, (sizes, steps) => {
        const limit = 60_000;
        const stream = Buffer.concat(sizes.map(frame));
        const tooLong = frameCounter(limit);
        let refused = false;
        let at = 0;
        for (const step of steps) {
          refused = tooLong(stream.subarray(at, at + step));
          at += step;
        }
        refused = tooLong(stream.subarray(at)) || refused;
        expect(refused).toBe(sizes.some((size) => size > limit));
      }),
      { numRuns: 200 },
    );
  });
});
