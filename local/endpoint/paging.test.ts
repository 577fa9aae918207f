// Pages of lists: every item once, whatever the limit, and errors as AWS has them.
import { describe, expect, test } from '@jest/globals';
import { AwsError } from './aws-error.ts';
import { limitIn, pageOf } from './paging.ts';

const LIMITS = { least: 1, most: 100, otherwise: 50 };
const badToken = () => new AwsError('InvalidToken', 'no');
const page = (list: string[], limit: number, token?: unknown) =>
  pageOf(list, (item) => item, { limit, token, badToken });

describe('pages', () => {
  const list = Array.from({ length: 7 }, (_, at) => `item ${at}`);

  test.each([1, 2, 3, 6, 7, 8])('of %i hold every item once', (limit) => {
    const found: string[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const { items, token: next } = page(list, limit, token);
      expect(items.length).toBeLessThanOrEqual(limit);
      found.push(...items);
      token = next;
      pages++;
    } while (token !== undefined);
    expect(found).toEqual(list);
    expect(pages).toBe(Math.ceil(list.length / limit));
  });

  test('begin where the last one ended, though items came before it', () => {
    const { token } = page(list, 3);
    expect(page(['new', ...list], 2, token).items).toEqual(['item 3', 'item 4']);
  });

  test('of an empty list are one', () => {
    expect(page([], 3)).toEqual({ items: [], token: undefined });
  });

  test.each(['', 'x', '0', 3, {}, 'aXRlbSA3', 'item 1'])('know no token %j', (token) => {
    expect(() => page(list, 3, token)).toThrow(badToken());
  });
});

describe('a limit', () => {
  test.each([
    [undefined, 50],
    [null, 50],
    [1, 1],
    [100, 100],
  ])('%j gives %i', (Limit, expected) => {
    expect(limitIn({ Limit }, 'Limit', LIMITS)).toBe(expected);
  });

  test.each([
    [0, 'ValidationException', "'0' at 'limit'.*greater than or equal to 1"],
    [-1, 'ValidationException', "'-1' at 'limit'.*greater than or equal to 1"],
    [101, 'ValidationException', "'101' at 'limit'.*less than or equal to 100"],
    ['5', 'SerializationException', 'Limit'],
    [1.5, 'SerializationException', 'Limit'],
    [Number.NaN, 'SerializationException', 'Limit'],
  ])('%j is refused with %s', (Limit, name, message) => {
    const read = () => limitIn({ Limit }, 'Limit', LIMITS);
    expect(read).toThrow(expect.objectContaining({ name }));
    expect(read).toThrow(new RegExp(message));
  });
});
