// The door to @connections: what each answer of the service means to the fan-out.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import { hangUp, listen } from '../../local/http/listen.ts';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import type { Poster } from './poster.ts';

/** As API Gateway makes them: with a character that a path must encode. */
const ID = 'L0SM/cOFvHcCIhw=';
const DATA = new TextEncoder().encode('{"type":"pong"}');

let aws: TestAws;
let createPoster: typeof import('./poster.ts').createPoster;
let poster: Poster;

beforeAll(async () => {
  aws = await startAws('BroadcastFunction');
  ({ createPoster } = await import('./poster.ts'));
  poster = createPoster(process.env.CALLBACK_URL ?? '');
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

test('a frame arrives as it is, at the connection it is for', async () => {
  expect(await poster.post(ID, DATA)).toBe('delivered');
  expect(aws.posts).toEqual([{ method: 'POST', connectionId: ID, frame: { type: 'pong' } }]);
});

test('closing deletes the connection', async () => {
  expect(await poster.close(ID)).toBe('delivered');
  expect(aws.posts).toEqual([{ method: 'DELETE', connectionId: ID }]);
});

test.each([
  [410, 'GoneException', 'gone'],
  [429, 'LimitExceededException', { throttledMs: 0 }],
  [500, 'InternalServerError', 'later'],
  [503, 'ServiceUnavailable', 'later'],
  [400, 'BadRequestException', 'refused'],
  [403, 'ForbiddenException', 'refused'],
  [413, 'PayloadTooLargeException', 'refused'],
])('%d %s means %j, after one request', async (status, code, outcome) => {
  aws.script.connections = () => new AwsError(code, 'no', status);
  expect(await poster.post(ID, DATA)).toEqual(outcome);
  expect(await poster.close(ID)).toEqual(outcome);
  expect(aws.posts.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
});

test.each([
  ['3', 3_000],
  ['soon', 0],
  ['-1', 0],
])('a 429 with Retry-After %s asks for %d ms', async (header, throttledMs) => {
  const { server, port, open } = await listen('--aws-port', 0);
  open({
    ...{ origins: [], linked: false },
    answer: (_, res) => res.writeHead(429, { 'Retry-After': header }).end('{}'),
  });
  const throttled = await createPoster(`http://127.0.0.1:${port}/dev`).post(ID, DATA);
  expect(throttled).toEqual({ throttledMs });
  await hangUp(server);
});

test('a service that cannot be reached is worth another try', async () => {
  const { server, port } = await listen('--aws-port', 0);
  await hangUp(server);
  expect(await createPoster(`http://127.0.0.1:${port}/dev`).post(ID, DATA)).toBe('later');
});

test('a service that never answers is given up, so that one post cannot hold up all others', async () => {
  const { server, port } = await listen('--aws-port', 0);
  expect(await createPoster(`http://127.0.0.1:${port}/dev`, 20).post(ID, DATA)).toBe('later');
  await hangUp(server);
});
