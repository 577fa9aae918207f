// Proves what is unread, and what is for me: I15, unread = messages beyond the read cursor not by me.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  advanced,
  countText,
  isFor,
  newestOf,
  totalOf,
  unreadOf,
} from '../../front/src/core/unread.js';

const stored = fc.record({ own: fc.boolean(), text: fc.constantFrom('hi', 'hi @ada', '@adam') });
const unsent = { seq: null, own: true, text: 'soon' };
/** Stored ones with growing numbers and holes between them, then unsent ones. */
const rooms = fc
  .tuple(fc.array(fc.tuple(stored, fc.integer({ min: 1, max: 3 }))), fc.nat(2))
  .map(([some, unsentOnes]) => {
    let seq = 0;
    const items = some.map(([one, step]) => {
      seq += step;
      return { ...one, seq };
    });
    return [...items, ...Array.from({ length: unsentOnes }, () => unsent)];
  });

describe('I15: unread', () => {
  test('is what others wrote beyond the cursor, and nothing else', () => {
    fc.assert(
      fc.property(rooms, fc.nat(60), (items, cursor) => {
        fc.pre(cursor <= newestOf(items));
        const beyond = items.filter(({ seq, own }) => seq !== null && seq > cursor && !own);
        const { count, mentions: forMe } = unreadOf(items, cursor, 'ada');
        expect(count).toBe(beyond.length);
        expect(forMe).toBe(beyond.filter(({ text }) => text === 'hi @ada').length);
      }),
    );
  });

  test('is nothing once the newest is read, however the cursors of two tabs were raised', () => {
    fc.assert(
      fc.property(rooms, fc.array(fc.nat(100)), (items, reads) => {
        const newest = newestOf(items);
        let cursor = 0;
        for (const seq of reads) {
          const next = advanced(cursor, Math.min(seq, newest), newest);
          expect(next).toBeGreaterThanOrEqual(cursor);
          cursor = next;
        }
        expect(unreadOf(items, advanced(cursor, newest, newest), 'ada').count).toBe(0);
      }),
    );
  });

  test('never grows by reading', () => {
    fc.assert(
      fc.property(rooms, fc.nat(60), fc.nat(60), (items, cursor, seq) => {
        const newest = newestOf(items);
        const [from, to] = [Math.min(cursor, newest), Math.min(seq, newest)];
        const after = unreadOf(items, advanced(from, to, newest), 'ada');
        expect(after.count).toBeLessThanOrEqual(unreadOf(items, from, 'ada').count);
      }),
    );
  });

  test('a cursor of an earlier life of the server counts for nothing, and is lowered by reading', () => {
    const items = [1, 2, 3].map((seq) => ({ seq, own: false, text: 'hi' }));
    expect(unreadOf(items, 37, 'ada').count).toBe(3);
    expect(advanced(37, 2, 3)).toBe(2);
  });

  test('says when more may be unread than is here', () => {
    const items = [{ seq: 90, own: false, text: 'hi' }];
    expect(unreadOf(items, 40, 'ada')).toEqual({ count: 1, mentions: 0, isMore: true });
    expect(unreadOf(items, 89, 'ada').isMore).toBe(false);
    expect(countText(unreadOf(items, 40, 'ada'))).toBe('1+');
    expect(countText({ count: 100 })).toBe('99+');
    expect(totalOf([unreadOf(items, 40, 'ada'), unreadOf(items, 89, 'ada')])).toEqual({
      count: 2,
      mentions: 0,
      isMore: true,
    });
  });
});

describe('a mention', () => {
  test.each([
    ['@ada', 'ada'],
    ['well, @ADA: look', 'ada'],
    ['(@ada)', 'Ada'],
    ['@ada-', 'ada'],
    ['@adam and @ada', 'ada'],
    ['@Grace Hopper?', 'grace hopper'],
    ['يا @سارة، انظري', 'سارة'],
  ])('is in %j for %s', (text, nickname) => {
    expect(isFor(nickname, text)).toBe(true);
  });

  test.each([
    ['ada', 'ada'],
    ['@adam', 'ada'],
    ['@ada-lovelace', 'ada'],
    ['x@ada', 'ada'],
    ['@', ''],
    ['@guest-12', 'guest-1'],
  ])('is not in %j for %s', (text, nickname) => {
    expect(isFor(nickname, text)).toBe(false);
  });
});
