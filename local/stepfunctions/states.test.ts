// What a definition does with its data: paths, templates, choices, maps.
import { expect, test } from '@jest/globals';
import { trial } from '../testing/state-machine.ts';
import type { Json } from './asl.ts';

const output = async (states: unknown, input: Json) => {
  const { status, output, error, cause } = await trial(states).sync(input);
  return status === 'SUCCEEDED' ? output : { status, error, cause };
};
const pass = (fields: object) => ({ A: { Type: 'Pass', ...fields, End: true } });

const TEXT = 'a\\b "quoted" \'single\' {} \\{ $.not.a.path States.UUID() 😀\u2028 \n';

test('text passes through plain paths untouched, whatever is in it', async () => {
  const states = pass({ Parameters: { item: { 'S.$': '$.text' }, 'all.$': '$' } });
  expect(await output(states, { text: TEXT })).toEqual({ item: { S: TEXT }, all: { text: TEXT } });
});

test('keys of the data that look like paths are data', async () => {
  const data = { $x: 1, 'y.$': '$.nope', __proto__x: { '$$.z.$': 'States.UUID()' } };
  expect(await output(pass({ Parameters: { 'd.$': '$' } }), data)).toEqual({ d: data });
});

test.each<[string, string, Json]>([
  ['field', '$.a.b', 2],
  ['field in quotes', "$['a']['c d']", 3],
  ['index', '$.list[1]', 20],
  ['every item', '$.list[*]', [10, 20, 0]],
  ['a field of every item, where it is there', '$.rows[*].n', [1, 3]],
  ['the execution', '$$.Execution.Input.a.b', 2],
  ['the state', '$$.State.Name', 'A'],
  ['the machine', '$$.StateMachine.Name', 'trial'],
])('a path leads to %s: %s', async (_, path, expected) => {
  const data = { a: { b: 2, 'c d': 3 }, list: [10, 20, 0], rows: [{ n: 1 }, {}, { n: 3 }] };
  expect(await output(pass({ Parameters: { 'v.$': path } }), data)).toEqual({ v: expected });
});

test.each<[string, Json]>([
  ["States.Format('room:{}#{}', $.room, $.n)", 'room:a\\b#7'],
  ["States.Format('a){} \\'x\\' \\{\\}', 1)", "a)1 'x' {}"],
  ['States.ArrayRange(0, States.MathAdd($.n, -5), 1)', [0, 1, 2]],
  ['States.ArrayRange(1, 0, 1)', []],
  ['States.StringToJson(\'{"a":1}\')', { a: 1 }],
  ['States.JsonToString($.object)', '{"text":"a\\\\b"}'],
  ['States.Array($.n, null, true)', [7, null, true]],
  ['States.JsonMerge($.object, States.StringToJson($.json), false)', { text: 'a\\b', y: 2 }],
  ['States.ArrayContains(States.Array(1, $.n), 7)', true],
  ['States.ArrayLength($.list)', 2],
  [
    "States.Hash('x', 'SHA-256')",
    '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
  ],
  ['States.Base64Decode(States.Base64Encode($.room))', 'a\\b'],
])('%s', async (call, expected) => {
  const data = { room: 'a\\b', n: 7, object: { text: 'a\\b' }, json: '{"y":2}', list: [0, 0] };
  expect(await output(pass({ Parameters: { 'v.$': call } }), data)).toEqual({ v: expected });
});

test('a merge leaves the data it read as it was', async () => {
  const Parameters = { 'm.$': 'States.JsonMerge($.a, $.b, false)', 'a.$': '$.a' };
  const data = { a: { x: 1 }, b: { y: 2 } };
  expect(await output(pass({ Parameters }), data)).toEqual({ m: { x: 1, y: 2 }, a: { x: 1 } });
});

test.each<[string, object, Json]>([
  ['the whole', { Result: 0, ResultPath: '$' }, 0],
  ['nothing', { Result: 0, ResultPath: null }, { in: 1 }],
  ['a new place', { Result: false, ResultPath: '$.a.b' }, { in: 1, a: { b: false } }],
  ['a place taken', { Result: '', ResultPath: '$.in' }, { in: '' }],
  ['no input at all', { InputPath: null }, {}],
  ['no output at all', { OutputPath: null }, {}],
])('a result goes into %s', async (_, fields, expected) => {
  expect(await output(pass(fields), { in: 1 })).toEqual(expected);
});

test('a path that leads nowhere ends the execution, whatever Catch says', async () => {
  const states = {
    A: {
      Type: 'Task',
      Resource: 'arn:aws:states:::dynamodb:getItem',
      Parameters: { 'Key.$': '$.nope' },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
      End: true,
    },
    B: { Type: 'Succeed' },
  };
  expect(await output(states, {})).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});

test.each<[string, object, Json, boolean]>([
  ['a value that is there', { Variable: '$.x', IsPresent: true }, { x: null }, true],
  ['a value that is absent', { Variable: '$.x', IsPresent: false }, {}, true],
  ['equal text elsewhere', { Variable: '$.a', StringEqualsPath: '$.b' }, { a: '', b: '' }, true],
  ['a number in a string', { Variable: '$.x', NumericLessThan: 5 }, { x: '3' }, false],
  ['not', { Not: { Variable: '$.x', BooleanEquals: true } }, { x: false }, true],
  [
    'and, left to right',
    {
      And: [
        { Variable: '$.x', IsPresent: true },
        { Variable: '$.x', NumericEquals: 1 },
      ],
    },
    {},
    false,
  ],
  [
    'or',
    {
      Or: [
        { Variable: '$.x', IsNull: true },
        { Variable: '$.x', StringMatches: 'a*z' },
      ],
    },
    { x: 'a.\n.z' },
    true,
  ],
  [
    'time',
    { Variable: '$.x', TimestampLessThan: '2030-01-01T00:00:00Z' },
    { x: '2029-12-31T23:00:00-02:00' },
    false,
  ],
])('Choice: %s', async (_, rule, data, expected) => {
  const states = {
    A: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Pass', Result: true, End: true },
    No: { Type: 'Pass', Result: false, End: true },
  };
  expect(await output(states, data)).toBe(expected);
});

test('a Choice without a match and without Default fails by name', async () => {
  const states = {
    A: { Type: 'Choice', Choices: [{ Variable: '$.x', NumericEquals: 1, Next: 'B' }] },
    B: { Type: 'Succeed' },
  };
  expect(await output(states, { x: 2 })).toMatchObject({ error: 'States.NoChoiceMatched' });
});

test('a Map in a Map keeps order, context and the execution it belongs to', async () => {
  const inner = {
    Type: 'Map',
    ItemsPath: '$.shards',
    ItemSelector: {
      'shard.$': '$$.Map.Item.Value',
      'topic.$': '$.topic',
      'i.$': '$$.Map.Item.Index',
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'Leaf',
      States: {
        Leaf: {
          Type: 'Pass',
          Parameters: {
            'of.$': "States.Format('{}#{}#{}', $.topic, $.shard, $$.Map.Item.Index)",
            'id.$': '$$.Execution.Input.id',
          },
          End: true,
        },
      },
    },
    End: true,
  };
  const states = {
    A: {
      Type: 'Map',
      ItemsPath: '$.topics',
      MaxConcurrency: 1,
      ItemSelector: { 'topic.$': '$$.Map.Item.Value', 'shards.$': 'States.ArrayRange(0, 1, 1)' },
      ItemProcessor: { StartAt: 'Shards', States: { Shards: inner } },
      ResultPath: '$.done',
      End: true,
    },
  };
  const leaf = (of: string) => ({ of, id: 'x' });
  expect(await output(states, { id: 'x', topics: ['a', 'b'] })).toEqual({
    id: 'x',
    topics: ['a', 'b'],
    done: [
      [leaf('a#0#0'), leaf('a#1#1')],
      [leaf('b#0#0'), leaf('b#1#1')],
    ],
  });
});

test('a Map over falsy items, and over none', async () => {
  const ItemProcessor = {
    StartAt: 'P',
    States: { P: { Type: 'Pass', InputPath: '$', End: true } },
  };
  const states = { A: { Type: 'Map', ItemProcessor, End: true } };
  expect(await output(states, [0, '', false, null])).toEqual([0, '', false, null]);
  expect(await output(states, [])).toEqual([]);
});

test('Parallel gives every branch the input and collects the outputs in order', async () => {
  const branch = (name: string, value: number) => ({
    StartAt: name,
    States: { [name]: { Type: 'Pass', Result: value, ResultPath: '$.v', End: true } },
  });
  const states = { A: { Type: 'Parallel', Branches: [branch('X', 1), branch('Y', 2)], End: true } };
  expect(await output(states, { k: 0 })).toEqual([
    { k: 0, v: 1 },
    { k: 0, v: 2 },
  ]);
});

test('Fail names its error and cause, from the data too', async () => {
  const states = {
    A: { Type: 'Fail', Error: 'Lost', CausePath: "States.Format('{} tries', $.n)" },
  };
  expect(await output(states, { n: 3 })).toEqual({
    status: 'FAILED',
    error: 'Lost',
    cause: '3 tries',
  });
});

test('an output over 256 KiB fails with States.DataLimitExceeded, past States.ALL', async () => {
  const states = {
    A: {
      Type: 'Parallel',
      Branches: ['X', 'Y'].map((name) => ({
        StartAt: name,
        States: { [name]: { Type: 'Succeed' } },
      })),
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
      End: true,
    },
    B: { Type: 'Succeed' },
  };
  const data = { text: 'é'.repeat(70_000) };
  expect(await output(states, data)).toMatchObject({ error: 'States.DataLimitExceeded' });
});
