// What targets receive: constants, parts and templates, as the EventBridge user guide shows them.
import { describe, expect, test } from '@jest/globals';
import type { Envelope } from './envelope.ts';
import { compileInput } from './transformer.ts';

const RULE = { name: 'distribute', arn: 'arn:rule' };
const INGESTED = '2025-01-01T00:00:01Z';

const EVENT: Envelope = {
  version: '0',
  id: '1',
  'detail-type': 'MessageSent',
  source: 'chat.api',
  account: '000000000000',
  time: '2025-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:a', 'arn:b'],
  detail: {
    text: 'say "hi"\\\n',
    n: 1,
    none: null,
    user: { id: 'ann' },
    list: [{ id: 1 }, { id: 2 }],
  },
};

function transformed(inputTemplate: string, inputPathsMap: Record<string, string> = {}) {
  return compileInput({ inputTransformer: { inputPathsMap, inputTemplate } }, RULE)(
    EVENT,
    INGESTED,
  );
}

test('without input the target gets the whole event', () => {
  expect(JSON.parse(compileInput({}, RULE)(EVENT, INGESTED))).toEqual(EVENT);
});

test('Input is sent as it is written', () => {
  expect(compileInput({ input: '{ "a": 1 }' }, RULE)(EVENT, INGESTED)).toBe('{ "a": 1 }');
});

describe('InputPath', () => {
  test.each([
    ['$', EVENT],
    ['$.detail-type', 'MessageSent'],
    ['$.detail.user', { id: 'ann' }],
    ['$.resources[1]', 'arn:b'],
    ['$.detail.list[*].id', [1, 2]],
    ['$.detail.nobody', null],
    ['$.resources.length', null],
  ])('%s selects', (inputPath, expected) => {
    expect(JSON.parse(compileInput({ inputPath }, RULE)(EVENT, INGESTED))).toEqual(expected);
  });
});

describe('a template', () => {
  test('of JSON takes values as JSON where they stand alone, and as text inside strings', () => {
    const paths = {
      text: '$.detail.text',
      n: '$.detail.n',
      user: '$.detail.user',
      none: '$.detail.none',
    };
    const template = `{
      "text": <text>, "n": <n>, "user": <user>, "none": <none>,
      "all": "<n>: \\"<n>\\""
    }`;
    expect(transformed(template, paths)).toBe(
      JSON.stringify({
        text: 'say "hi"\\\n',
        n: 1,
        user: { id: 'ann' },
        none: null,
        all: '1: "1"',
      }),
    );
  });

  test('does not escape a value inside a string, as AWS does not: the JSON breaks', () => {
    expect(transformed('{"all": "<text>"}', { text: '$.detail.text' })).toBe(
      '{"all": "say "hi"\\\n"}',
    );
  });

  test('of one quoted line stays a JSON string, with nothing where a path finds nothing', () => {
    const paths = { type: '$.detail-type', nothing: '$.detail.nobody' };
    expect(transformed('"<type> at <nothing>."', paths)).toBe('"MessageSent at ."');
  });

  test('of several quoted lines stays several lines', () => {
    expect(transformed('"<type>"\n"bye"', { type: '$.detail-type' })).toBe('"MessageSent"\n"bye"');
  });

  test('leaves an empty JSON string where a path finds nothing', () => {
    expect(transformed('{"a": <a>}', { a: '$.detail.nobody' })).toBe('{"a":""}');
  });

  test('knows the predefined names', () => {
    const { detail, 'detail-type': detailType, ...rest } = EVENT;
    const template =
      '{"arn": <aws.events.rule-arn>, "name": "<aws.events.rule-name>", "at": <aws.events.event.ingestion-time>, "event": <aws.events.event>, "whole": <aws.events.event.json>}';
    expect(JSON.parse(transformed(template))).toEqual({
      arn: 'arn:rule',
      name: 'distribute',
      at: INGESTED,
      event: { ...rest, detailType, time: INGESTED },
      whole: EVENT,
    });
  });
});

describe('refused by name', () => {
  const refused = (target: Parameters<typeof compileInput>[0], why: string) =>
    expect(() => compileInput(target, RULE)).toThrow(why);

  test('two kinds of input', () => {
    refused({ input: '{}', inputPath: '$' }, 'Only one of');
  });
  test('a constant that is not JSON', () => {
    refused({ input: '{' }, 'Input is not valid JSON');
  });
  test.each(['detail', "$['detail']", '$..id', '$.list[?(@.id)]'])('the path %s', (inputPath) => {
    refused({ inputPath }, inputPath);
  });
  test('a name nobody defined', () => {
    const inputTransformer = { inputPathsMap: {}, inputTemplate: '"<who>"' };
    refused({ inputTransformer }, 'invalid placeholder who');
  });
  test.each(['<who> was here', '{"<who>": 1}', '{<who>: 1}', '{'])(
    'the template %s',
    (inputTemplate) => {
      const inputTransformer = { inputPathsMap: { who: '$.source' }, inputTemplate };
      refused({ inputTransformer }, 'InputTemplate is not JSON');
    },
  );
  test('a name that is reserved', () => {
    const inputTransformer = { inputPathsMap: { 'aws.events.x': '$' }, inputTemplate: '{}' };
    refused({ inputTransformer }, 'aws.events.x');
  });
  test('the whole event inside a string', () => {
    const inputTransformer = { inputPathsMap: {}, inputTemplate: '"<aws.events.event.json>"' };
    refused({ inputTransformer }, 'aws.events.event.json');
  });
});
