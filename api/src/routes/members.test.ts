// Asking who is here: everybody once, by live leases only, and nobody of a room that is not heard.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { context, frameIn, routeEvent } from '../../../tests/product/sample.ts';

jest.spyOn(console, 'warn').mockImplementation(() => undefined);
let aws: TestAws;
let handler: typeof import('./members.ts').handler;
let roster: typeof import('../../../shared/src/store/presence.ts');

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'MembersFunction');
  ({ handler } = await import('./members.ts'));
  roster = await import('../../../shared/src/store/presence.ts');
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  const { createConnection } = await import('../../../shared/src/store/connections.ts');
  const subscriptions = [{ topic: 'room:lobby', shard: 0 }];
  const me = { userId: 'u_me', nickname: 'Ada', clientId: 'client-1', protocol: 'v1' as const };
  await createConnection({ ...me, connectionId: 'c1=', subscriptions });
});

const members = async (room = 'lobby') =>
  frameIn(
    await handler(
      routeEvent('members', { connectionId: 'c1=', body: { action: 'members', room } }),
      context(),
    ),
  );
const enters = (userId: string, connectionId: string) =>
  roster.addPresence(['lobby'], { userId, connectionId, nickname: userId });
const ENDED = new Date(Date.now() - 1).toISOString();
/** An entry whose owner never said goodbye, and whose lease ended a moment ago. */
const ghost = (userId: string) =>
  aws.put(aws.tables.connections, {
    pk: { S: 'roster#lobby' },
    sk: { S: `${userId}#gone=` },
    nickname: { S: userId },
    at: { S: '2026-01-01T10:00:00.000Z' },
    leaseUntil: { S: ENDED },
  });

test('two connections of one person are one', async () => {
  await enters('u_ann', 'a=');
  await enters('u_ann', 'b=');
  await enters('u_bob', 'c=');
  expect(await members()).toMatchObject({
    count: 2,
    members: [
      { userId: 'u_ann', online: true },
      { userId: 'u_bob', online: true },
    ],
  });
});

describe('a ghost', () => {
  const GHOST = { userId: 'u_ghost', connectionId: 'gone=', nickname: 'u_ghost' };
  const said = () =>
    aws.entries.map(({ DetailType, Detail }) => ({ DetailType, ...JSON.parse(Detail) }));

  test('was seen last when its lease ended', async () => {
    await ghost('u_ghost');
    const away = { userId: 'u_ghost', nickname: 'u_ghost', online: false, at: ENDED };
    expect(await members()).toEqual({ type: 'members', room: 'lobby', members: [away], count: 0 });
  });

  test('is taken out and told to the room once, by whoever looks first', async () => {
    await ghost('u_ghost');
    await Promise.all([members(), members(), members()]);
    const event = { ...GHOST, rooms: ['lobby'], at: ENDED, isLapsed: true };
    expect(said()).toEqual([
      { DetailType: 'ConnectionClosed', ...event, rememberUntil: expect.any(Number) },
    ]);
    const rows = await aws.rows(aws.tables.connections);
    expect(rows.filter(({ pk }) => pk?.S === 'roster#lobby')).toEqual([]);
  });

  test('whose person is here on another connection is nobody', async () => {
    await ghost('u_ghost');
    await enters('u_ghost', 'alive=');
    expect(await members()).toMatchObject({ count: 1, members: [{ online: true }] });
  });

  test('that came to life between the look and the hand stays', async () => {
    await enters('u_ghost', 'gone=');
    expect(await roster.removeExpired('lobby', { ...GHOST, leaseUntil: ENDED })).toBe(false);
    expect(await members()).toMatchObject({ count: 1 });
  });

  test('waits to be found for as long as people are remembered', async () => {
    await enters('u_ann', 'a=');
    const [entry] = (await aws.rows(aws.tables.connections)).filter(
      ({ pk }) => pk?.S === 'roster#lobby',
    );
    const lease = Date.parse(entry?.leaseUntil?.S ?? '') / 1000;
    expect(Number(entry?.expiresAt?.N)).toBeGreaterThan(lease + 29 * 24 * 60 * 60);
  });

  test('costs nobody their answer where the bus refuses', async () => {
    await ghost('u_ghost');
    aws.script.events = () => new AwsError('ThrottlingException', 'no');
    expect(await members()).toMatchObject({ count: 0 });
  });
});

test('above a hundred people there is a number and no names', async () => {
  const crowd = Array.from({ length: LIMITS.crowd + 1 }, (_, n) => `u_${n}`);
  await Promise.all(crowd.map((userId) => enters(userId, 'c=')));
  expect(await members()).toMatchObject({ count: crowd.length, members: [] });
});

test('members with names as long as they may be are cut to a frame: who is online stays, and the count is whole', async () => {
  const long = (at: number) => `${String(at).padStart(3, '0')}${'"'.repeat(120)}`;
  const ids = Array.from({ length: LIMITS.crowd }, (_, at) => `u_${at}`);
  await Promise.all(
    ids.flatMap((userId, at) => [
      roster.addPresence(['lobby'], { userId, connectionId: 'c=', nickname: long(at) }),
      aws.put(aws.tables.connections, {
        ...{ pk: { S: 'presence#lobby' }, sk: { S: `away_${at}` }, nickname: { S: long(at) } },
        ...{ shown: { S: 'offline' }, seenAt: { S: '2026-01-01T10:00:00.000Z' } },
      }),
    ]),
  );
  const answer = await members();
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(28 * 1024);
  expect(answer).toMatchObject({ count: ids.length, more: true });
  const { members: named } = answer as { members: { online: boolean }[] };
  expect(named.length).toBeGreaterThan(50);
  expect(named.every(({ online }) => online)).toBe(true);
});

test('who was seen last comes first', async () => {
  for (const [userId, second] of [
    ['u_a', 1],
    ['u_b', 3],
    ['u_c', 2],
  ])
    await aws.put(aws.tables.connections, {
      ...{ pk: { S: 'presence#lobby' }, sk: { S: String(userId) }, nickname: { S: 'x' } },
      ...{ shown: { S: 'offline' }, seenAt: { S: `2026-01-01T10:00:0${second}.000Z` } },
    });
  const { members: seen } = (await members()) as { members: { userId: string }[] };
  expect(seen.map(({ userId }) => userId)).toEqual(['u_b', 'u_c', 'u_a']);
});

test('who was removed from a private room, or whose membership ran out, was not seen there; who still is a member was', async () => {
  const key = { pk: { S: 'room#lobby' } };
  const made = { visibility: { S: 'private' }, createdBy: { S: 'u_me' } };
  await aws.put(aws.tables.connections, { ...key, sk: { S: 'room' }, ...made });
  const past = { expiresAt: { N: '1' } };
  for (const [userId, membership] of [
    ['u_member', {}],
    ['u_late', past],
  ] as const)
    await aws.put(aws.tables.connections, { ...key, sk: { S: `member#${userId}` }, ...membership });
  // Seen after the member, and more than are told.
  const gone = Array.from({ length: LIMITS.crowd }, (_, n) => `u_gone_${n}`);
  for (const userId of ['u_member', 'u_late', ...gone])
    await aws.put(aws.tables.connections, {
      ...{ pk: { S: 'presence#lobby' }, sk: { S: userId }, nickname: { S: 'x' } },
      ...{ shown: { S: 'offline' } },
      seenAt: { S: `2026-01-01T10:00:0${userId === 'u_member' ? 0 : 1}.000Z` },
    });
  expect(await members()).toMatchObject({ members: [{ userId: 'u_member', online: false }] });
  await aws.put(aws.tables.connections, { ...key, sk: { S: 'room' } });
  expect(await members()).toHaveProperty('members.length', LIMITS.crowd);
});

test('a lease is renewed once per third of it, and one that lapsed is told apart', async () => {
  const me = { userId: 'u_me', connectionId: 'c1=', nickname: 'Ada' };
  expect(await roster.renewPresence(['lobby'], me)).toEqual(['lobby']);
  expect(await roster.renewPresence(['lobby'], me)).toBeUndefined();
  await ghost('u_me');
  expect(await roster.renewPresence(['lobby'], { ...me, connectionId: 'gone=' })).toEqual([
    'lobby',
  ]);
  expect(await members()).toMatchObject({ count: 1 });
});

test('of a room that is not heard nothing is told', async () => {
  expect(await members('elsewhere')).toMatchObject({ type: 'error', code: 'NotInRoom' });
});
