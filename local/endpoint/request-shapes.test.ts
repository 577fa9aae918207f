// Shapes: what fits passes without its nulls, what does not is named by its place.
import { expect, test } from '@jest/globals';
import { inputOf } from './request-shapes.ts';

const shape = {
  name: 'string',
  most: 'integer',
  tags: { '*': { value: 'string' } },
  list: [['boolean']],
} as const;

test('what fits passes as it is, fields that nobody knows too; null counts as absent', () => {
  const input = { name: 'n', most: -1, tags: { a: { value: 'v' } }, list: [[true], []], more: [1] };
  expect(inputOf(shape, { ...input })).toEqual(input);
  expect(inputOf(shape, { name: null, tags: { a: null }, more: undefined })).toEqual({ tags: {} });
});

test('names of every object’s own are names', () => {
  const input = JSON.parse('{"__proto__":1,"constructor":2,"tags":{"__proto__":{"value":"v"}}}');
  const read = inputOf(shape, input);
  expect(JSON.stringify(read)).toBe(JSON.stringify(input));
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

test.each<[string, Record<string, unknown>, string]>([
  ['a number for text', { name: 1 }, 'name is not of the type string'],
  ['text for a number', { most: '1' }, 'most is not of the type integer'],
  ['a fraction', { most: 0.5 }, 'most is not of the type integer'],
  ['more than 32 bits', { most: 2 ** 31 }, 'most is not of the type integer'],
  ['a list for a map', { tags: [] }, 'tags is not of the type structure'],
  ['text for a structure', { tags: { a: 'x' } }, 'tags.a is not of the type structure'],
  ['a structure for a list', { list: {} }, 'list is not of the type list'],
  ['null in a list', { list: [null] }, 'list[0] is not of the type list'],
  ['a type deep inside', { list: [[], [true, 1]] }, 'list[1][1] is not of the type boolean'],
])('%s is refused by its place', (_, input, why) => {
  expect(() => inputOf(shape, input)).toThrow(
    expect.objectContaining({ code: 'SerializationException', message: why }),
  );
});
