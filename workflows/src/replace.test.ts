// Ending a replaced connection: told first, then cut, then forgotten; and what fails is thrown, so that Lambda tries again.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { EventBridgeEvent } from 'aws-lambda';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import type { ClientReplaced } from '../../shared/src/events.ts';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { context, sample } from '../../tests/product/sample.ts';

type Event = EventBridgeEvent<'ClientReplaced', ClientReplaced>;

const event = sample<Event>('workflows/events/replace.json');
const { connectionId, userId, clientId } = event.detail;
const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
jest.spyOn(console, 'warn').mockImplementation(() => undefined);

let aws: TestAws;
let handler: typeof import('./replace.ts').handler;

beforeAll(async () => {
  aws = await startAws('ReplaceFunction');
  ({ handler } = await import('./replace.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  logged.mockClear();
  await aws.reset();
  const { createConnection } = await import('../../shared/src/store/connections.ts');
  const subscriptions = [{ topic: 'room:lobby', shard: 0 }];
  const one = { userId, clientId, nickname: 'Ada', protocol: 'v1' as const, subscriptions };
  for (const id of [connectionId, 'other=']) await createConnection({ ...one, connectionId: id });
});

const replace = () => handler(event, context());
const rowsOf = async (id: string) =>
  (await aws.rows(aws.tables.connections)).filter(({ pk, sk }) =>
    [pk?.S, sk?.S].some((key) => key?.includes(id)),
  );
const methods = () => aws.posts.map(({ method }) => method);

test('the connection is told, cut and forgotten, in this order, and no other is touched', async () => {
  await replace();
  expect(aws.posts).toEqual([
    { method: 'POST', connectionId, frame: { type: 'replaced', epoch: 2 } },
    { method: 'DELETE', connectionId },
  ]);
  expect(await rowsOf(connectionId)).toEqual([]);
  expect(await rowsOf('other=')).toHaveLength(2);
});

test('the rooms that it heard learn of it, in the name of this stack', async () => {
  await replace();
  const [{ Source = '', DetailType = '', Detail = '{}' } = {}, ...more] = aws.entries;
  expect(more).toEqual([]);
  expect([Source, DetailType]).toEqual(['chat.workflows', 'ConnectionGone']);
  expect(JSON.parse(Detail)).toMatchObject({ connectionId, userId, rooms: ['lobby'] });
});

test('a bus that refuses does not bring it back', async () => {
  aws.script.events = () => new AwsError('ThrottlingException', 'no');
  await replace();
  expect(await rowsOf(connectionId)).toEqual([]);
});

test('one that has gone by itself is forgotten all the same', async () => {
  aws.script.connections = () => new AwsError('GoneException', 'gone', 410);
  await replace();
  expect(await rowsOf(connectionId)).toEqual([]);
});

test('twice is as once', async () => {
  await replace();
  aws.script.connections = () => new AwsError('GoneException', 'gone', 410);
  await replace();
  expect(await rowsOf('other=')).toHaveLength(2);
});

describe('what fails is thrown, so that Lambda tries again, and', () => {
  test.each([429, 500, 403])('at status %d the line is not cut untold', async (status) => {
    aws.script.connections = () => new AwsError('Failure', 'no', status);
    await expect(replace()).rejects.toThrow('@connections');
    expect(methods()).toEqual(['POST']);
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ connectionId }));
  });

  test('rows stay while the socket cannot be ended', async () => {
    aws.script.connections = ({ method }) =>
      method === 'DELETE' ? new AwsError('Failure', 'no', 500) : undefined;
    await expect(replace()).rejects.toThrow('@connections');
    expect(await rowsOf(connectionId)).toHaveLength(2);
  });
});

test('one that was misused is told, cut and forgotten', async () => {
  const misused = {
    ...{ ...event, 'detail-type': 'ConnectionMisused' as const, detail: { connectionId } },
  };
  await handler(misused, context());
  expect(aws.posts).toEqual([
    {
      ...{ method: 'POST', connectionId },
      frame: expect.objectContaining({ type: 'error', code: 'RateLimited', ref: null }),
    },
    { method: 'DELETE', connectionId },
  ]);
  expect(await rowsOf(connectionId)).toEqual([]);
  expect(await rowsOf('other=')).toHaveLength(2);
});
