// PutEvents: the answers AWS documents for good and bad requests and entries.
import { describe, expect, test } from '@jest/globals';
import { entry } from '../testing/fake-targets.ts';
import { putEvents } from './put-events.ts';

const TAKEN_AT = Date.parse('2025-01-01T00:00:00.789Z');

function put(...Entries: unknown[]) {
  let last = 0;
  return putEvents(
    { Entries },
    {
      account: '000000000000',
      region: 'eu-west-1',
      now: () => TAKEN_AT,
      newId: () => `id${++last}`,
    },
  );
}

describe('an entry', () => {
  test('becomes an event in its envelope', () => {
    const { output, taken } = put(entry({ text: 'hi' }, { Resources: ['arn:a'] }));
    expect(output).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: 'id1' }] });
    expect(taken).toEqual([
      {
        busName: 'chat',
        event: {
          version: '0',
          id: 'id1',
          'detail-type': 'MessageSent',
          source: 'chat.api',
          account: '000000000000',
          time: '2025-01-01T00:00:00Z',
          region: 'eu-west-1',
          resources: ['arn:a'],
          detail: { text: 'hi' },
        },
      },
    ]);
  });

  test.each([
    ['epoch seconds', 1_700_000_000.5],
    ['ISO 8601', '2023-11-14T22:13:20.500Z'],
  ])('keeps its own time, given as %s', (_, Time) => {
    expect(put(entry({}, { Time })).taken[0]?.event.time).toBe('2023-11-14T22:13:20Z');
  });

  test('without a bus goes to the default bus', () => {
    expect(put(entry({}, { EventBusName: undefined })).taken[0]?.busName).toBe('default');
  });

  test.each(['Source', 'DetailType', 'Detail'])(
    'without %s is answered InvalidArgument',
    (name) => {
      expect(put(entry({}, { [name]: undefined })).output.Entries).toEqual([
        {
          ErrorCode: 'InvalidArgument',
          ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        },
      ]);
    },
  );

  test.each(['{', '[]', '"text"', 'null', '1'])('with the detail %s is malformed', (Detail) => {
    const { output, taken } = put(entry({}, { Detail }));
    expect(output.Entries).toEqual([
      { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
    ]);
    expect(taken).toEqual([]);
  });

  test('may not speak as AWS', () => {
    expect(put(entry({}, { Source: 'aws.ec2' })).output.Entries).toMatchObject([
      { ErrorCode: 'NotAuthorizedForSourceException' },
    ]);
  });
});

test('a bad entry costs the others nothing, and each is answered in its place', () => {
  const { output, taken } = put(entry(), entry({}, { Detail: '{' }), entry());
  expect(output.FailedEntryCount).toBe(1);
  expect(output.Entries).toMatchObject([{ EventId: 'id1' }, { ErrorCode: 'MalformedDetail' }, {}]);
  expect(taken.map(({ event }) => event.id)).toEqual(['id1', 'id2']);
});

describe('a request', () => {
  test.each([
    ['no entries', []],
    ['eleven entries', Array.from({ length: 11 }, () => entry())],
  ])('with %s is refused', (_, entries) => {
    expect(() => put(...entries)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
  });

  test.each([
    ['an entry that is text', 'entry'],
    ['a source that is a number', entry({}, { Source: 1 })],
    ['resources that are text', entry({}, { Resources: 'arn' })],
    ['a time that is none', entry({}, { Time: 'soon' })],
  ])('with %s is refused', (_, bad) => {
    expect(() => put(bad)).toThrow(expect.objectContaining({ code: 'SerializationException' }));
  });

  test('may hold 1 MB by the formula of AWS and not a byte more', () => {
    const others = Buffer.byteLength('chat.apiMessageSentarn:é{"f":""}') + 14;
    const large = (over: number) =>
      entry({ f: 'x'.repeat(1024 * 1024 - others + over) }, { Time: 0, Resources: ['arn:é'] });
    expect(put(large(0)).output.FailedEntryCount).toBe(0);
    expect(() => put(large(1))).toThrow(
      'Total size of the entries in the request is over the limit.',
    );
  });

  test.each(['TraceHeader'])('with the unsupported %s is refused by name', (name) => {
    expect(() => put(entry({}, { [name]: 'x' }))).toThrow(name);
  });
});
