// What no route takes: each bad frame gets its own typed error.

import { expect, test } from '@jest/globals';
import { context, frameIn, routeEvent } from '../../tests/product/sample.ts';
import { handler } from './default.ts';

const answer = async (body?: string) =>
  frameIn(await handler(routeEvent('default', { body }), context()));

test('an unknown action is named', async () => {
  expect(await answer()).toMatchObject({ type: 'error', code: 'UnknownAction', retry: false });
});

test.each([
  ['not JSON', 'hello', 'BadFrame'],
  ['JSON that is no object', '[1]', 'BadFrame'],
  ['no action', '{"message":"hi"}', 'NoAction'],
  ['an action of the wrong type', '{"action":{}}', 'UnknownAction'],
  ['too large', JSON.stringify({ action: 'dance', pad: 'x'.repeat(20_000) }), 'FrameTooLarge'],
  ['a known action in a bad frame', '{"action":"sendmessage","message":""}', 'MessageEmpty'],
])('a frame with %s is answered by %s', async (_, body, code) => {
  expect(await answer(body)).toMatchObject({ type: 'error', code });
});

test('a known action that comes this way nevertheless is not acted on', async () => {
  expect(await answer('{"action":"ping"}')).toMatchObject({
    code: 'UnknownAction',
    message: expect.stringContaining('ping'),
  });
});

test('a binary frame is refused', async () => {
  const event = { ...routeEvent('default'), isBase64Encoded: true };
  expect(frameIn(await handler(event, context()))).toMatchObject({ code: 'BadFrame' });
});
