// The wire's validators: every field of every action, and whatever else a socket may bring.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ERRORS, type ErrorCode, errorFrame, Refused } from './errors.ts';
import { LIMITS } from './limits.ts';
import { messageFrame } from './message-frame.ts';
import { ACTIONS, parseClientFrame } from './parse.ts';

const ID = '019b78f6-1a40-7c3e-9d52-6f0e8b1a7c45';

function refusal(body: string | undefined | null): Refused {
  try {
    parseClientFrame(body);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error(`${String(body).slice(0, 80)} was taken`);
}

const say = (fields: Record<string, unknown>) =>
  JSON.stringify({ action: 'sendmessage', message: 'hi', ...fields });

describe('a frame that is none', () => {
  test.each<[string, string | undefined | null, ErrorCode]>([
    ['no text, as of a binary frame', undefined, 'BadFrame'],
    ['null for a body', null, 'BadFrame'],
    ['an empty text', '', 'BadFrame'],
    ['not JSON', 'hello', 'BadFrame'],
    ['cut JSON', '{"action":"ping"', 'BadFrame'],
    ['a JSON string', '"ping"', 'BadFrame'],
    ['a JSON null', 'null', 'BadFrame'],
    ['an array', '[{"action":"ping"}]', 'BadFrame'],
    ['an empty object', '{}', 'NoAction'],
    ['a null action', '{"action":null}', 'NoAction'],
    ['an empty action', '{"action":""}', 'NoAction'],
    ['an action of another type', '{"action":7}', 'UnknownAction'],
    ['an unknown action', '{"action":"dance"}', 'UnknownAction'],
    ['the name of an inherited property', '{"action":"toString"}', 'UnknownAction'],
    ['another case', '{"action":"PING"}', 'UnknownAction'],
  ])('%s is refused', (_, body, code) => {
    expect(refusal(body)).toMatchObject({ code, ref: null });
  });

  test('a frame may be 16 KB long and not a byte longer, counted in UTF-8', () => {
    const frame = (bytes: number) => {
      const padding = bytes - JSON.stringify({ action: 'ping', pad: 'é' }).length - 1;
      return JSON.stringify({ action: 'ping', pad: `é${'x'.repeat(padding)}` });
    };
    expect(parseClientFrame(frame(LIMITS.frameBytes))).toEqual({ action: 'ping' });
    expect(refusal(frame(LIMITS.frameBytes + 1)).code).toBe('FrameTooLarge');
  });
});

describe('sendmessage', () => {
  test('keeps what the page names and drops what it does not', () => {
    const body = say({ messageId: ID, room: 'lobby', userId: 'somebody', more: { a: 1 } });
    expect(parseClientFrame(body)).toEqual({
      action: 'sendmessage',
      messageId: ID,
      room: 'lobby',
      message: 'hi',
    });
  });

  test('needs no messageId and no room, and takes null for absent', () => {
    const bare = { action: 'sendmessage', message: 'hi' };
    expect(parseClientFrame(say({}))).toStrictEqual(bare);
    expect(parseClientFrame(say({ messageId: null, room: null }))).toStrictEqual(bare);
  });

  test.each<[string, Record<string, unknown>, ErrorCode, string | undefined]>([
    ['a messageId that is no UUID', { messageId: 'x' }, 'BadField', 'messageId'],
    ['a messageId in upper case', { messageId: ID.toUpperCase() }, 'BadField', 'messageId'],
    ['a messageId with a tail', { messageId: `${ID}\n` }, 'BadField', 'messageId'],
    ['a messageId of another type', { messageId: 7 }, 'BadField', 'messageId'],
    ['an empty room', { room: '' }, 'BadField', 'room'],
    ['a room with a colon, which separates topics', { room: 'dm:a:b' }, 'BadField', 'room'],
    ['a room with a number sign, which separates keys', { room: 'a#0' }, 'BadField', 'room'],
    ['a room of white space', { room: ' ' }, 'BadField', 'room'],
    ['a direct room, which is said to by `to`', { room: 'dm:u_a:u_b' }, 'BadField', 'room'],
    ['somebody who can be nobody', { to: 'a#0' }, 'BadField', 'to'],
    ['a room and somebody', { room: 'tea', to: 'u_a' }, 'BadField', 'to'],
    ['a room that starts with a hyphen', { room: '-a' }, 'BadField', 'room'],
    ['a room of 65 code points', { room: 'r'.repeat(65) }, 'BadField', 'room'],
    ['a room of another type', { room: ['lobby'] }, 'BadField', 'room'],
    ['no message', { message: undefined }, 'BadField', 'message'],
    ['a null message', { message: null }, 'BadField', 'message'],
    ['a message of another type', { message: { text: 'hi' } }, 'BadField', 'message'],
    ['half a surrogate pair', { message: 'a\ud83d' }, 'BadField', 'message'],
    ['an empty message', { message: '' }, 'MessageEmpty', undefined],
    [
      'a message of nothing visible',
      { message: '\u200b\u0000\u202e\ufeff' },
      'MessageEmpty',
      undefined,
    ],
    ['a message of white space', { message: ' \t\n\u00a0\u2003' }, 'MessageEmpty', undefined],
    ['a message of 4,001 code points', { message: 'x'.repeat(4_001) }, 'MessageTooLong', undefined],
  ])('%s is refused', (_, fields, code, field) => {
    expect(refusal(say(fields))).toMatchObject({ code, field });
  });

  test.each([
    ['a room of 64 code points outside the basic plane', { room: '𐐨'.repeat(64) }],
    ['somebody', { to: 'u_a' }],
    ['a room in any script', { room: 'салон_7-b' }],
    ['4,000 code points outside the basic plane', { message: '😀'.repeat(4_000) }],
    ['white space around words, as it was written', { message: '  hi\n' }],
  ])('%s are taken', (_, fields) => {
    expect(parseClientFrame(say(fields))).toMatchObject(fields);
  });

  test('is refused by name of the message, so that the sender can mark it', () => {
    expect(refusal(say({ messageId: ID, message: '' })).ref).toBe(ID);
    expect(refusal(say({ messageId: ID, room: '#' })).ref).toBe(ID);
    expect(refusal(JSON.stringify({ action: 'dance', messageId: ID })).ref).toBe(ID);
    expect(refusal(JSON.stringify({ messageId: ID })).ref).toBe(ID);
  });

  test('an id that is none is never echoed', () => {
    expect(refusal(say({ messageId: '<script>', message: '' })).ref).toBeNull();
  });
});

describe('hello', () => {
  const secret = 'q3Zt8mXv0yLk5sNw2bRc9dHf7gJp4aQe6uTi1oYxVzM';
  const hello = { action: 'hello', v: 1, clientId: ID, epoch: 0, secret };
  const greet = (fields: Record<string, unknown>) => JSON.stringify({ ...hello, ...fields });

  test('needs who and since when, and drops what the page does not name', () => {
    expect(parseClientFrame(greet({ userId: 'u_somebody', have: {} }))).toStrictEqual(hello);
  });

  test.each([
    ['a name in any script', { nickname: 'Adélaïde 😀' }],
    ['32 code points of it', { nickname: '😀'.repeat(32) }],
    ['no room at all', { rooms: [] }],
    ['fifty rooms', { rooms: Array.from({ length: 50 }, (_, at) => `r${at}`) }],
    ['a longer secret', { secret: 'a'.repeat(128) }],
  ])('takes %s', (_, fields) => {
    expect(parseClientFrame(greet(fields))).toMatchObject(fields);
  });

  test.each(['a.b.c', 'x'.repeat(8_192)])('takes a token instead of the secret', (token) => {
    const frame = parseClientFrame(greet({ secret: null, token }));
    expect(frame).toMatchObject({ token });
    expect(frame).not.toHaveProperty('secret');
  });

  test.each<[string, Record<string, unknown>, ErrorCode, string | undefined]>([
    ['no version', { v: undefined }, 'BadField', 'v'],
    ['a version that is no number', { v: '1' }, 'BadField', 'v'],
    [
      'another version, whatever else it holds',
      { v: 2, secret: 7 },
      'UnsupportedVersion',
      undefined,
    ],
    ['a short clientId', { clientId: 'short' }, 'BadField', 'clientId'],
    ['a clientId that would break a key', { clientId: 'client#1234' }, 'BadField', 'clientId'],
    ['no epoch', { epoch: null }, 'BadField', 'epoch'],
    ['an epoch below 0', { epoch: -1 }, 'BadField', 'epoch'],
    ['a secret of less than 256 bits', { secret: secret.slice(1) }, 'BadField', 'secret'],
    ['a secret of another alphabet', { secret: `${secret}=` }, 'BadField', 'secret'],
    ['neither secret nor token', { secret: null }, 'BadField', 'secret'],
    ['a token beside the secret', { token: 'a.b.c' }, 'BadField', 'secret'],
    ['a token that is no text', { secret: null, token: {} }, 'BadField', 'token'],
    ['an empty token', { secret: null, token: '' }, 'BadToken', undefined],
    ['a token that is too long', { secret: null, token: 'x'.repeat(8_193) }, 'BadToken', undefined],
    ['an empty name', { nickname: ' ' }, 'BadField', 'nickname'],
    ['a name of 33 code points', { nickname: 'x'.repeat(33) }, 'BadField', 'nickname'],
    ['a name that turns the line', { nickname: 'a\u202eb' }, 'BadField', 'nickname'],
    ['a name of two lines', { nickname: 'a\nb' }, 'BadField', 'nickname'],
    ['half a surrogate pair for a name', { nickname: '\ud83d' }, 'BadField', 'nickname'],
    ['one room that is none', { rooms: ['lobby', 'a#0'] }, 'BadField', 'rooms'],
    ['51 rooms', { rooms: Array(51).fill('lobby') }, 'BadField', 'rooms'],
  ])('%s is refused', (_, fields, code, field) => {
    expect(refusal(greet(fields))).toMatchObject({ code, field });
  });
});

describe('history', () => {
  const ask = (fields: Record<string, unknown>) =>
    JSON.stringify({ action: 'history', room: 'lobby', ...fields });

  test.each([
    ['the newest page', {}],
    ['a page below a seq', { before: 7, limit: 100 }],
    ['a number to be echoed', { n: 0 }],
    [
      'exact places, side by side or apart',
      {
        ranges: [
          [1, 1],
          [2, 9],
          [11, 11],
        ],
      },
    ],
    ['twenty ranges', { ranges: Array.from({ length: 20 }, (_, at) => [2 * at + 1, 2 * at + 1]) }],
  ])('takes %s', (_, fields) => {
    expect(parseClientFrame(ask(fields))).toStrictEqual({
      action: 'history',
      room: 'lobby',
      ...fields,
    });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no room', { room: undefined }, 'room'],
    ['a seq below 1', { before: 0 }, 'before'],
    ['a number below 0', { n: -1 }, 'n'],
    ['both ways of asking', { before: 7, ranges: [[1, 2]] }, 'ranges'],
    ['no range', { ranges: [] }, 'ranges'],
    ['21 ranges', { ranges: Array.from({ length: 21 }, (_, at) => [at + 1, at + 1]) }, 'ranges'],
    ['a range that ends before it begins', { ranges: [[3, 2]] }, 'ranges'],
    ['a range from the head', { ranges: [[0, 2]] }, 'ranges'],
    [
      'ranges that overlap',
      {
        ranges: [
          [1, 3],
          [3, 4],
        ],
      },
      'ranges',
    ],
    [
      'ranges out of order',
      {
        ranges: [
          [5, 6],
          [1, 2],
        ],
      },
      'ranges',
    ],
    ['half a range', { ranges: [[1]] }, 'ranges'],
    ['a range of three', { ranges: [[1, 2, 3]] }, 'ranges'],
    ['a range of words', { ranges: [['1', '2']] }, 'ranges'],
    ['a limit of 0', { limit: 0 }, 'limit'],
    ['a limit of 101', { limit: 101 }, 'limit'],
  ])('%s is refused', (_, fields, field) => {
    expect(refusal(ask(fields))).toMatchObject({ code: 'BadField', field });
  });
});

describe('ping', () => {
  test.each([0, 1, Number.MAX_SAFE_INTEGER])('takes n = %d', (n) => {
    expect(parseClientFrame(JSON.stringify({ action: 'ping', n }))).toEqual({ action: 'ping', n });
  });

  test.each(['-1', '1.5', '9007199254740992', '"1"', 'true', '[]', '1e400'])(
    'refuses n = %s',
    (n) => {
      expect(refusal(`{"action":"ping","n":${n}}`)).toMatchObject({ code: 'BadField', field: 'n' });
    },
  );
});

describe('whatever comes', () => {
  const anyFrame = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record(
        {
          action: fc.oneof(fc.constantFrom(...ACTIONS), fc.anything()),
          messageId: fc.oneof(fc.uuid(), fc.anything()),
          room: fc.oneof(fc.string({ unit: 'grapheme' }), fc.anything()),
          message: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
          n: fc.oneof(fc.nat(), fc.anything()),
          v: fc.oneof(fc.constant(1), fc.anything()),
          clientId: fc.oneof(fc.uuid(), fc.anything()),
          epoch: fc.oneof(fc.nat(), fc.anything()),
          secret: fc.oneof(fc.constant('s'.repeat(43)), fc.anything()),
          nickname: fc.oneof(fc.string({ unit: 'grapheme' }), fc.anything()),
          ranges: fc.oneof(fc.array(fc.tuple(fc.nat(), fc.nat())), fc.anything()),
        },
        { requiredKeys: [] },
      )
      .map((frame) => {
        try {
          return JSON.stringify(frame);
        } catch {
          // Not everything that fast-check makes is JSON.
          return 'null';
        }
      }),
  );

  test('only Refused is thrown, and what is taken reads back as itself', () => {
    let taken = 0;
    fc.assert(
      fc.property(anyFrame, (body) => {
        let frame: unknown;
        try {
          frame = parseClientFrame(body);
        } catch (error) {
          expect(error).toBeInstanceOf(Refused);
          return;
        }
        taken += 1;
        const text = JSON.stringify(frame);
        expect(JSON.stringify(parseClientFrame(text))).toBe(text);
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});

describe('a message frame', () => {
  test('fits, with its envelope, whatever stands in the table', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 9_000 });
    const long = fc.constantFrom('\u0001', '\ud800', '😀', 'x').map((each) => each.repeat(9_000));
    const text = fc.oneof(anything, long);
    fc.assert(
      fc.property(text, text, text, (nickname, words, sentAt) => {
        const stored = {
          room: 'lobby',
          messageId: ID,
          userId: 'u_1',
          nickname,
          text: words,
          sentAt,
        };
        const bytes = Buffer.byteLength(JSON.stringify(messageFrame(7, stored, 'a connection')));
        expect(bytes).toBeLessThanOrEqual(LIMITS.answerBytes - 512);
      }),
    );
  });

  test('leaves alone what a client may say', () => {
    const words = '😀'.repeat(LIMITS.messageCharacters);
    const stored = {
      room: 'lobby',
      messageId: ID,
      userId: 'u_1',
      nickname: 'ada',
      text: words,
      sentAt: 'now',
    };
    expect(messageFrame(7, stored)).toMatchObject({ message: words, nickname: 'ada', seq: 7 });
  });
});

describe('an error', () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])('%s is a frame that tells what to do', (code) => {
    const { retry, afterMs, says } = ERRORS[code];
    expect(errorFrame(code, ID)).toEqual({
      type: 'error',
      ref: ID,
      code,
      retry,
      afterMs,
      message: says,
    });
    expect(retry).toBe(afterMs > 0);
  });

  test('names the field where there is one', () => {
    expect(new Refused('BadField', { field: 'room' }).message).toContain('(room)');
    expect(new Refused('Busy').message).toBe(ERRORS.Busy.says);
  });
});
