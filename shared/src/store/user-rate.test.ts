// The reserve: five buckets of a user, one back in the time in which one fills; whoever comes after that begins with none.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { Refused } from '../protocol/errors.ts';

const NOW = Date.now();
let aws: TestAws;
let takeFrameToken: typeof import('./frame-rate.ts').takeFrameToken;
let takeUserBucket: typeof import('./user-rate.ts').takeUserBucket;
let chargeRoomChanges: typeof import('./user-rate.ts').chargeRoomChanges;
let connections: typeof import('./connections.ts');

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  Object.assign(process.env, { MESSAGE_BURST: '10', MESSAGES_PER_SECOND: '2' });
  connections = await import('./connections.ts');
  ({ takeFrameToken } = await import('./frame-rate.ts'));
  ({ takeUserBucket, chargeRoomChanges } = await import('./user-rate.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

let opened = 0;
async function comes(userId: string, atMs: number): Promise<string> {
  opened += 1;
  const connectionId = `c${opened}=`;
  const fields = { nickname: 'Ada', protocol: 'v1' as const, subscriptions: [] };
  await connections.createConnection({ connectionId, userId, ...fields });
  await takeUserBucket({ userId, connectionId }, atMs);
  return connectionId;
}
async function sendsOf(connectionId: string, atMs: number): Promise<number> {
  for (let sent = 0; ; sent += 1)
    try {
      await takeFrameToken(connectionId, null, undefined, atMs);
    } catch (error) {
      if (error instanceof Refused && error.code === 'RateLimited') return sent;
      throw error;
    }
}
async function inTurn(sockets: number, userId: string, atMs: number): Promise<number> {
  let sent = 0;
  for (let at = 0; at < sockets; at += 1) sent += await sendsOf(await comes(userId, atMs), atMs);
  return sent;
}

test('fifteen sockets in turn have the bursts of five, and of others nobody has less', async () => {
  expect(await inTurn(15, 'u_1', NOW)).toBe(50);
  expect(await inTurn(1, 'u_2', NOW)).toBe(10);
});

test('one that comes at once with fourteen others has no more', async () => {
  const ids = await Promise.all(Array.from({ length: 15 }, () => comes('u_1', NOW)));
  const sent = await Promise.all(ids.map((id) => sendsOf(id, NOW)));
  expect(sent.toSorted((a, b) => b - a)).toEqual([10, 10, 10, 10, 10, ...Array(10).fill(0)]);
});

test('who begins with none is told when the first token comes', async () => {
  await inTurn(5, 'u_1', NOW);
  const late = await comes('u_1', NOW);
  await expect(takeFrameToken(late, null, undefined, NOW)).rejects.toMatchObject({
    more: { afterMs: 500 },
  });
  expect(await sendsOf(late, NOW + 500)).toBe(1);
});

test('one bucket comes back in five seconds, five in half a minute, and never more', async () => {
  await inTurn(6, 'u_1', NOW);
  expect(await inTurn(3, 'u_1', NOW + 5_000)).toBe(10);
  expect(await inTurn(15, 'u_1', NOW + 35_000)).toBe(50);
  expect(await inTurn(15, 'u_1', NOW + 3_600_000)).toBe(50);
});

test('a connection that has ended meanwhile is not written back', async () => {
  await inTurn(5, 'u_1', NOW);
  await takeUserBucket({ userId: 'u_1', connectionId: 'gone=' }, NOW);
  expect(await connections.readConnection('gone=')).toBeUndefined();
  expect((await aws.rows(aws.tables.connections)).map(({ pk }) => pk?.S)).not.toContain(
    'connection#gone=',
  );
});

test('a socket that another user’s hello has won keeps its bucket', async () => {
  await inTurn(5, 'u_1', NOW);
  const fields = { nickname: 'Ada', protocol: 'v1' as const, subscriptions: [] };
  const connectionId = 'won=';
  await connections.createConnection({
    connectionId,
    userId: 'u_2',
    clientId: 'client-2',
    ...fields,
  });
  await takeUserBucket({ userId: 'u_1', connectionId }, NOW);
  expect(await sendsOf(connectionId, NOW)).toBe(10);
});

test('rooms that a hello moves between are waited for afterwards, as so many frames', async () => {
  const connectionId = await comes('u_1', NOW);
  await takeFrameToken(connectionId, null, undefined, NOW);
  await chargeRoomChanges(connectionId, 0);
  await chargeRoomChanges(connectionId, 50);
  await expect(takeFrameToken(connectionId, null, undefined, NOW)).rejects.toMatchObject({
    ...{ code: 'RateLimited', more: { afterMs: 21_000 } },
  });
  expect(await sendsOf(connectionId, NOW + 21_000)).toBe(1);
  await chargeRoomChanges('gone=', 50);
  expect(await connections.readConnection('gone=')).toBeUndefined();
});
