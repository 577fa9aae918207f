// What a socket is told: the answer, a refusal, or that something went wrong, and never what.

import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { context, frameIn, routeEvent } from '../../tests/product/sample.ts';
import { frameText, type RouteAnswer, socketHandler } from './handler.ts';
import { ERRORS, Refused } from './protocol/errors.ts';

const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
beforeEach(() => {
  logged.mockClear();
});

const event = routeEvent('sendmessage');
const answered = async (answer: () => RouteAnswer) => socketHandler(answer)(event, context());

describe('a route answers', () => {
  test('its frame', async () => {
    const response = await answered(async () => ({ type: 'accepted', messageId: 'm' }));
    expect(frameIn(response)).toEqual({ type: 'accepted', messageId: 'm' });
  });

  test('nothing, where it has nothing to say', async () => {
    expect(await answered(async () => undefined)).toEqual({ statusCode: 200 });
  });

  test('a refusal, as an error frame about the message; that is no fault, so nothing is logged', async () => {
    const response = await answered(async () => {
      throw new Refused('BadField', { ref: 'm', field: 'room' });
    });
    expect(frameIn(response)).toEqual({
      type: 'error',
      ref: 'm',
      code: 'BadField',
      retry: false,
      afterMs: 0,
      message: 'A field is missing or has the wrong form. (room)',
    });
    expect(logged).not.toHaveBeenCalled();
  });

  test('Internal for anything else, and nothing of the error leaves', async () => {
    const fault = new Error('table hubbub-dev of account 123456789012');
    const response = await answered(async () => {
      throw fault;
    });
    expect(frameIn(response)).toMatchObject({ code: 'Internal', ref: null, retry: true });
    expect(frameIn(response)).toHaveProperty('message', ERRORS.Internal.says);
    expect(JSON.stringify(response)).not.toContain('123456789012');
    expect(logged).toHaveBeenCalledWith({
      message: 'the route failed',
      route: 'sendmessage',
      connectionId: event.requestContext.connectionId,
      requestId: event.requestContext.requestId,
      error: fault,
    });
  });

  test('Internal without logging a word of the frame', async () => {
    await answered(async () => {
      throw new TypeError('no');
    });
    const { message } = JSON.parse(event.body ?? '') as { message: string };
    expect(message).not.toBe('');
    expect(JSON.stringify(logged.mock.calls)).not.toContain(message);
  });
});

test('a text frame is read as it is, a binary frame not at all', () => {
  expect(frameText(event)).toBe(event.body);
  expect(frameText({ ...event, isBase64Encoded: true })).toBeUndefined();
});
