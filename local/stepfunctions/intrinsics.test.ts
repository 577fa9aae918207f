// Every intrinsic: what it gives, and that a wrong argument is States.IntrinsicFailure or refused before it runs.
import { describe, expect, test } from '@jest/globals';
import type { Json } from './asl.ts';
import { evaluate, parseCall } from './intrinsics.ts';

const DATA: Json = {
  list: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  rows: [{ a: 1, b: { c: 2, d: [3] } }, null, '1', 1, 1.5, { b: { d: [3], c: 2 }, a: 1 }, 1, '1'],
  row: { b: { d: [3], c: 2 }, a: 1 },
  reordered: [{ list: [1, 2] }],
  other: { list: [2, 1] },
  object: { x: 'y', list: [null, true, { n: 1 }] },
  text: 'This.is+a,test=string',
  long: 'x'.repeat(10_000),
  longer: 'x'.repeat(10_001),
  blank: ' ',
};
const give = (source: string) => evaluate(parseCall(source), DATA, {});
const error = (source: string): string => {
  try {
    return `gave ${JSON.stringify(give(source))}`;
  } catch (thrown) {
    return (thrown as Error).name;
  }
};

test.each<[string, Json]>([
  ['States.Array()', []],
  ["States.Array('a', null, States.Array(1))", ['a', null, [1]]],
  ['States.ArrayPartition($.list, 4)', [[1, 2, 3, 4], [5, 6, 7, 8], [9]]],
  ['States.ArrayPartition($.list, 8.5)', [[1, 2, 3, 4, 5, 6, 7, 8, 9]]],
  ['States.ArrayPartition(States.Array(), 4)', []],
  ['States.ArrayContains($.rows, $.row)', true],
  ['States.ArrayContains($.rows, 1)', true],
  ['States.ArrayContains($.rows, 2)', false],
  ["States.ArrayContains($.rows, '1.5')", false],
  ['States.ArrayContains($.rows, null)', true],
  ['States.ArrayContains($.reordered, $.other)', false],
  ['States.ArrayGetItem($.list, 5)', 6],
  ['States.ArrayGetItem($.rows, 1)', null],
  ['States.ArrayLength($.list)', 9],
  ['States.ArrayRange(1, 9, 2)', [1, 3, 5, 7, 9]],
  ['States.ArrayRange(9, 1, -4)', [9, 5, 1]],
  ['States.ArrayRange(0.5, 2.4, 0.6)', [1, 2]],
  ['States.ArrayLength(States.ArrayRange(1, 1000, 1))', 1000],
  ['States.ArrayUnique($.rows)', [{ a: 1, b: { c: 2, d: [3] } }, null, '1', 1, 1.5]],
  ["States.Base64Encode('Data to encode')", 'RGF0YSB0byBlbmNvZGU='],
  ["States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", 'Data to encode'],
  ["States.Base64Decode('w6kg8J+YgA')", 'é 😀'],
  ["States.Base64Decode('')", ''],
  ["States.Hash('input data', 'MD5')", '812f45842bc6d66ee14572ce20db8e86'],
  ["States.Hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
  ['States.JsonMerge($.object, $.row, false)', { ...Object(DATA).object, ...Object(DATA).row }],
  ['States.JsonToString($.object)', '{"x":"y","list":[null,true,{"n":1}]}'],
  ["States.StringToJson('[1,{}]')", [1, {}]],
  ['States.StringToJson($.blank)', null],
  ['States.MathAdd(111, -1)', 110],
  ['States.MathAdd(1.5, -1.5)', 1],
  ['States.MathAdd(2147483647, 2147483647)', 4_294_967_294],
  ['States.MathRandom(7, 8)', 7],
  ['States.MathRandom(6.5, 8.4, 3)', 7],
  ["States.StringSplit('1,2,3', ',')", ['1', '2', '3']],
  ["States.StringSplit($.text, '.+,=')", ['This', 'is', 'a', 'test', 'string']],
  ["States.StringSplit(',a,,b,', ',')", ['a', 'b']],
  ["States.StringSplit('a😀b', '😀')", ['a', 'b']],
  ["States.StringSplit('a,b', '')", ['a,b']],
  ["States.StringSplit('', ',')", []],
  ["States.Format('{} {} {}', 'a', 1.5, null)", 'a 1.5 null'],
  ["States.Format('{}', $.object)", '{x=y, list=[null, true, {n=1}]}'],
  ['States.Format($.text)', 'This.is+a,test=string'],
])('%s', (source, expected) => {
  expect(give(source)).toEqual(expected);
});

test.each([
  'States.ArrayPartition($.object, 1)',
  'States.ArrayPartition($.list, 0)',
  'States.ArrayPartition($.list, 0.4)',
  'States.ArrayPartition($.list, -1)',
  "States.ArrayPartition($.list, '1')",
  'States.ArrayContains($.object, 1)',
  "States.ArrayContains('abc', 'a')",
  'States.ArrayGetItem($.list, 9)',
  'States.ArrayGetItem($.list, -1)',
  "States.ArrayGetItem($.list, '0')",
  'States.ArrayGetItem($.object, 0)',
  "States.ArrayLength('abc')",
  'States.ArrayLength(null)',
  'States.ArrayRange(1, 2, 0)',
  'States.ArrayRange(1, 2, 0.4)',
  "States.ArrayRange('1', 2, 1)",
  'States.ArrayRange(1, true, 1)',
  'States.ArrayRange(1, 1001, 1)',
  'States.ArrayRange(0, 1e300, 1)',
  'States.ArrayUnique($.object)',
  'States.ArrayUnique(null)',
  'States.Base64Encode(1)',
  'States.Base64Encode($.longer)',
  'States.Base64Decode($.object)',
  'States.Base64Decode($.longer)',
  "States.Base64Decode('a b=')",
  "States.Base64Decode('abcde')",
  "States.Hash('x', 'SHA-3')",
  "States.Hash('x', 'sha-256')",
  "States.Hash('x', 'SHA256')",
  "States.Hash('x', 'constructor')",
  "States.Hash('x', null)",
  "States.Hash($.object, 'MD5')",
  "States.Hash($.longer, 'MD5')",
  'States.JsonMerge($.object, $.row, true)',
  'States.JsonMerge($.object, $.row, null)',
  'States.JsonMerge($.list, $.row, false)',
  'States.JsonMerge($.row, null, false)',
  "States.StringToJson('{')",
  'States.StringToJson($.object)',
  'States.StringToJson(null)',
  "States.MathAdd('1', 1)",
  'States.MathAdd(1, null)',
  'States.MathAdd(2147483648, 0)',
  'States.MathAdd(0, -2147483649)',
  'States.MathRandom(1, 1)',
  'States.MathRandom(2, 1)',
  "States.MathRandom('1', 2)",
  "States.MathRandom(1, 2, 'seed')",
  "States.StringSplit($.list, ',')",
  "States.StringSplit('a', 1)",
  'States.Format(1)',
  "States.Format('{}')",
  "States.Format('', 1)",
])('%s is States.IntrinsicFailure', (source) => {
  expect(error(source)).toBe('States.IntrinsicFailure');
});

test('10,000 characters are not too many', () => {
  expect(give("States.Hash($.long, 'SHA-512')")).toMatch(/^[\da-f]{128}$/);
  expect(give('States.Base64Decode($.long)')).not.toBe('');
});

describe('a random number', () => {
  test('is from its start to below its end', () => {
    const found = Array.from({ length: 200 }, () => give('States.MathRandom(-1, 2)'));
    expect(new Set(found)).toEqual(new Set([-1, 0, 1]));
  });

  test('is the same for the same seed, and not for all', () => {
    const of = (seed: number) => give(`States.MathRandom(0, 1000000, ${seed})`);
    expect(of(7)).toBe(of(7));
    expect(new Set([1, 2, 3, 4, 5].map(of)).size).toBeGreaterThan(1);
  });
});

test.each([
  'States.Format()',
  'States.ArrayPartition($.list)',
  'States.ArrayContains($.list)',
  'States.ArrayGetItem($.list)',
  'States.ArrayLength()',
  'States.ArrayRange(1, 2)',
  'States.ArrayUnique($.list, 1)',
  'States.Base64Encode()',
  "States.Base64Decode('a', 'b')",
  "States.Hash('x')",
  'States.JsonMerge($.a, $.b)',
  'States.JsonToString()',
  'States.StringToJson()',
  'States.MathAdd(1)',
  'States.MathRandom(1)',
  'States.MathRandom(1, 2, 3, 4)',
  "States.StringSplit('a')",
  'States.UUID(1)',
])('%s is refused for its count of arguments', (source) => {
  expect(() => parseCall(source)).toThrow(/takes .* arguments, not \d/);
});

test('a field has at most 10 intrinsics, nested or side by side', () => {
  const nested = (count: number) => `${'States.Array('.repeat(count)}${')'.repeat(count)}`;
  expect(() => parseCall(nested(10))).not.toThrow();
  expect(() => parseCall(nested(11))).toThrow(/at most 10/);
  const beside = `States.Array(${Array.from({ length: 10 }, () => 'States.UUID()').join(', ')})`;
  expect(() => parseCall(beside)).toThrow(/at most 10/);
});
