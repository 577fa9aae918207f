// The line above what is new: only above what somebody has not watched arrive, and gone once they answer.
import { describe, expect, test } from '@jest/globals';
import { createUnreadLine } from '../../front/src/ui/unread-line.js';

type Item = Parameters<ReturnType<typeof createUnreadLine>['firstOf']>[0][number];
const item = (seq: number | null, own = false) => ({ seq, own }) as Item;
const others = (...seqs: number[]) => seqs.map((seq) => item(seq));

describe('the line', () => {
  test('heads what came before this room was opened, until one answers', () => {
    const line = createUnreadLine(2);
    expect(line.firstOf(others(1, 2, 3, 4))?.seq).toBe(3);
    line.seen(4);
    expect(line.firstOf(others(1, 2, 3, 4))?.seq).toBe(3);
    line.answered([...others(1, 2, 3, 4), item(null, true)]);
    expect(line.firstOf(others(1, 2, 3, 4))?.seq).toBe(3);
    line.answered([...others(1, 2, 3, 4), item(5, true)]);
    expect(line.firstOf([...others(1, 2, 3, 4), item(5, true), item(6)])?.seq).toBe(6);
  });

  test('heads nothing that is watched, when all before was read', () => {
    const line = createUnreadLine(2);
    for (const seq of [3, 4, 5]) {
      const items = others(...Array.from({ length: seq }, (_, at) => at + 1));
      line.watched(seq, items);
      line.seen(seq);
      expect(line.firstOf(items)).toBeUndefined();
    }
  });

  test('stays where it is when more is watched below what was missed', () => {
    const line = createUnreadLine(2);
    line.missed(3);
    line.watched(4, others(1, 2, 3, 4));
    expect(line.firstOf(others(1, 2, 3, 4))?.seq).toBe(3);
  });

  test('comes above what was missed after watching, and moves once that was seen', () => {
    const line = createUnreadLine(2);
    line.watched(3, others(1, 2, 3));
    line.seen(3);
    line.missed(4);
    line.missed(5);
    expect(line.firstOf(others(1, 2, 3, 4, 5))?.seq).toBe(4);
    line.seen(5);
    line.missed(6);
    expect(line.firstOf(others(1, 2, 3, 4, 5, 6))?.seq).toBe(6);
  });

  test.each([0, Number.MAX_SAFE_INTEGER])(
    'says nothing of a room read up to %d, until something is missed',
    (readUpTo) => {
      const line = createUnreadLine(readUpTo);
      expect(line.firstOf(others(1, 2))).toBeUndefined();
      line.watched(3, others(1, 2, 3));
      line.seen(3);
      expect(line.firstOf(others(1, 2, 3))).toBeUndefined();
      line.missed(4);
      expect(line.firstOf(others(1, 2, 3, 4))?.seq).toBe(4);
    },
  );
});
