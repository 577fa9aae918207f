// What no route takes: each bad frame gets its own typed error.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { context, frameIn, handshake, routeEvent } from '../../../tests/product/sample.ts';

const connectionId = 'c1=';
let aws: TestAws;
let handler: typeof import('./default.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'DefaultFunction');
  ({ handler } = await import('./default.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  const { handler: connect } = await import('./connect.ts');
  await connect(handshake(connectionId, {}), context());
});

const answer = async (body?: string) =>
  frameIn(await handler(routeEvent('default', { connectionId, body }), context()));

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

test('each is counted against its socket', async () => {
  await answer();
  await answer('hello');
  const rows = await aws.rows(aws.tables.connections);
  expect(rows.find(({ userId }) => userId?.S)).toMatchObject({ badFrames: { N: '2' } });
});
