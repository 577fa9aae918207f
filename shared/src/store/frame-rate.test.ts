// Admission: a burst, then a steady rate, exact among frames that race; what a refusal costs; and the end of a socket that is misused.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { Refused } from '../protocol/errors.ts';
import { LIMITS } from '../protocol/limits.ts';

const NOW = Date.now();
let aws: TestAws;
let takeFrameToken: typeof import('./frame-rate.ts').takeFrameToken;
let penalizeBadFrame: typeof import('./frame-rate.ts').penalizeBadFrame;
let connections: typeof import('./connections.ts');

beforeAll(async () => {
  aws = await startAws('PingFunction');
  Object.assign(process.env, { MESSAGE_BURST: '10', MESSAGES_PER_SECOND: '2' });
  connections = await import('./connections.ts');
  ({ takeFrameToken, penalizeBadFrame } = await import('./frame-rate.ts'));
});
afterAll(() => aws.stop());
let connectionId = '';
let opened = 0;
beforeEach(async () => {
  await aws.reset();
  opened += 1;
  // A connection of its own for each test: the sandbox remembers buckets and refusals.
  connectionId = `c${opened}=`;
  await connections.createConnection({
    ...{ connectionId, userId: 'u_1', nickname: 'Ada', protocol: 'v1' },
    subscriptions: [{ topic: 'room:lobby', shard: 0 }],
  });
});

const admitted = async (atMs: number) => {
  try {
    return (await takeFrameToken(connectionId, null, undefined, atMs)).userId;
  } catch (error) {
    if (error instanceof Refused && error.code === 'RateLimited') return error.more.afterMs;
    throw error;
  }
};
const admittedOf = async (times: number, atMs: number) => {
  const answers = await Promise.all(Array.from({ length: times }, () => admitted(atMs)));
  return answers.filter((answer) => answer === 'u_1').length;
};
const calls = () => {
  const seen: string[] = [];
  aws.script.dynamodb = (action) => {
    seen.push(action);
    return undefined;
  };
  return seen;
};

test('who has been silent is known and admitted by one call', async () => {
  const seen = calls();
  expect(await takeFrameToken(connectionId, null, undefined, NOW)).toMatchObject({
    ...{ connectionId, userId: 'u_1', nickname: 'Ada', protocol: 'v1' },
    subscriptions: [{ topic: 'room:lobby', shard: 0 }],
  });
  expect(seen).toEqual(['UpdateItem']);
});

test('ten at once are admitted, the next is told when its token comes, and then gets it', async () => {
  for (let frame = 0; frame < 10; frame += 1) expect(await admitted(NOW)).toBe('u_1');
  expect(await admitted(NOW)).toBe(500);
  expect(await admitted(NOW + 499)).toBe(1);
  expect(await admitted(NOW + 500)).toBe('u_1');
  expect(await admitted(NOW + 500)).toBe(500);
});

test('a refusal names the message it is about', async () => {
  await admittedOf(10, NOW);
  await expect(takeFrameToken(connectionId, 'm1', undefined, NOW)).rejects.toMatchObject({
    code: 'RateLimited',
    ref: 'm1',
  });
});

test('of thirty that race, exactly ten are admitted', async () => {
  expect(await admittedOf(30, NOW)).toBe(10);
});

test('after it, two a second are; a long silence fills the bucket and no more', async () => {
  await admittedOf(10, NOW);
  expect(await admittedOf(10, NOW + 2_000)).toBe(4);
  expect(await admittedOf(30, NOW + 3_600_000)).toBe(10);
});

test('a refusal takes no token: who asks in vain waits no longer for it', async () => {
  await admittedOf(10, NOW);
  await admittedOf(50, NOW + 100);
  expect(await admitted(NOW + 500)).toBe('u_1');
});

test("another connection's bucket is its own", async () => {
  await admittedOf(11, NOW);
  await connections.createConnection({
    ...{ connectionId: 'other=', userId: 'u_2', nickname: 'Bob', protocol: 'v1' },
    subscriptions: [],
  });
  expect(await takeFrameToken('other=', null, undefined, NOW)).toMatchObject({ userId: 'u_2' });
});

test('a connection that has ended, or whose row has run out, is nobody, and no row is made of it', async () => {
  const nobody = { code: 'NotConnected', ref: 'm1' };
  await expect(takeFrameToken('gone=', 'm1', undefined, NOW)).rejects.toMatchObject(nobody);
  const [row] = (await aws.rows(aws.tables.connections)).filter(({ userId }) => userId?.S);
  await aws.put(aws.tables.connections, { ...row, expiresAt: { N: '1' } });
  await expect(takeFrameToken(connectionId, 'm1', undefined, NOW)).rejects.toMatchObject(nobody);
  expect((await aws.rows(aws.tables.connections)).map(({ sk }) => sk?.S).sort()).toEqual([
    connectionId,
    'connection',
  ]);
});

test('another hello writes the connection anew, and leaves its bucket as it is', async () => {
  await admittedOf(9, NOW);
  const before = await takeFrameToken(connectionId, null, undefined, NOW);
  const { fullAt: _, ...after } = before;
  await connections.identifyConnection(before, { ...after, nickname: 'Eve' });
  expect(await admitted(NOW)).toBe(500);
});

describe('what a refusal costs', () => {
  const limited = { code: 'RateLimited' };
  const refused = new Refused('HelloFirst', { ref: 'm1' });
  const no = () => {
    throw refused;
  };

  test('too many frames: one call each', async () => {
    await admittedOf(10, NOW);
    const seen = calls();
    for (let frame = 0; frame < 20; frame += 1)
      await expect(takeFrameToken(connectionId, null, undefined, NOW)).rejects.toMatchObject(
        limited,
      );
    expect(seen).toEqual(Array(20).fill('UpdateItem'));
  });

  test('what the row alone refuses: one call and one token each, until there is none', async () => {
    const seen = calls();
    for (let frame = 0; frame < 10; frame += 1)
      await expect(takeFrameToken(connectionId, 'm1', no, NOW)).rejects.toBe(refused);
    expect(seen).toHaveLength(10);
    await expect(takeFrameToken(connectionId, null, undefined, NOW)).rejects.toMatchObject(limited);
  });

  test('one call, too, where another sandbox has used the bucket', async () => {
    const [row] = (await aws.rows(aws.tables.connections)).filter(({ userId }) => userId?.S);
    await aws.put(aws.tables.connections, { ...row, fullAt: { N: String(NOW + 1_000) } });
    const seen = calls();
    await expect(takeFrameToken(connectionId, 'm1', no, NOW)).rejects.toBe(refused);
    expect(seen).toEqual(['UpdateItem']);
  });

  test('a frame of nobody: one call', async () => {
    const seen = calls();
    await expect(takeFrameToken('gone=', null, undefined, NOW)).rejects.toMatchObject({
      code: 'NotConnected',
    });
    expect(seen).toEqual(['UpdateItem']);
  });

  test('a frame that cannot be read: one call, and all tokens', async () => {
    const seen = calls();
    await penalizeBadFrame(connectionId, NOW);
    expect(seen).toEqual(['UpdateItem']);
    expect(await admitted(NOW)).toBe(500);
    expect(await admitted(NOW + 500)).toBe('u_1');
  });
});

describe('a burst', () => {
  test('costs one call a frame where one sandbox sees all of it', async () => {
    const seen = calls();
    for (let frame = 0; frame < 10; frame += 1) await admitted(NOW + frame);
    expect(seen).toHaveLength(10);
  });
});

describe('a socket that is misused is ended by an event', () => {
  const ended = () =>
    aws.entries.map(({ DetailType, Detail }) => [DetailType, JSON.parse(Detail) as unknown]);
  const misused = () => ['ConnectionMisused', { connectionId }];

  test('with the twentieth frame in a row that cannot be read, and not before', async () => {
    for (let frame = 1; frame < LIMITS.badFrames; frame += 1)
      await penalizeBadFrame(connectionId, NOW);
    expect(ended()).toEqual([]);
    await penalizeBadFrame(connectionId, NOW);
    expect(ended()).toEqual([misused()]);
  });

  test('a good frame begins the count again where the bucket is full by then', async () => {
    for (let frame = 1; frame < LIMITS.badFrames; frame += 1)
      await penalizeBadFrame(connectionId, NOW);
    expect(await admitted(NOW + 5_000)).toBe('u_1');
    for (let frame = 1; frame < LIMITS.badFrames; frame += 1)
      await penalizeBadFrame(connectionId, NOW + 5_000);
    expect(ended()).toEqual([]);
  });

  test('one good frame for each token that comes back buys no more bad ones', async () => {
    for (let frame = 1; frame < LIMITS.badFrames; frame += 1)
      await penalizeBadFrame(connectionId, NOW);
    expect(await admitted(NOW + 500)).toBe('u_1');
    expect(ended()).toEqual([]);
    await penalizeBadFrame(connectionId, NOW + 500);
    expect(ended()).toEqual([misused()]);
  });

  test('also where the bucket fills before each twentieth bad one', async () => {
    let atMs = NOW;
    for (let bad = 1; bad <= LIMITS.refusals; bad += 1) {
      expect(ended()).toEqual([]);
      await penalizeBadFrame(connectionId, atMs);
      if (bad % (LIMITS.badFrames - 1) > 0) continue;
      atMs += 5_000;
      expect(await admitted(atMs)).toBe('u_1');
    }
    expect(ended()).toEqual([misused()]);
  });

  test('bad frames that race are all counted', async () => {
    await Promise.all(
      Array.from({ length: 3 * LIMITS.badFrames }, () => penalizeBadFrame(connectionId, NOW)),
    );
    expect(ended()).toEqual([misused(), misused(), misused()]);
  });

  test('with the hundredth frame too many within a minute, and not before', async () => {
    await admittedOf(10 + LIMITS.refusals - 1, NOW);
    expect(ended()).toEqual([]);
    await admitted(NOW + 100);
    expect(ended()).toEqual([misused()]);
  });

  test('refusals that lie further apart end nobody', async () => {
    for (let round = 0; round < 3; round += 1)
      await admittedOf(LIMITS.refusals, NOW + round * LIMITS.refusalsMs);
    expect(ended()).toEqual([]);
  });

  test('also one whose row is lost', async () => {
    connectionId = 'gone=';
    await aws.reset();
    for (let frame = 0; frame < LIMITS.refusals; frame += 1)
      await penalizeBadFrame(connectionId, NOW);
    expect(ended()).toEqual([misused()]);
    expect(await aws.rows(aws.tables.connections)).toEqual([]);
  });

  test('a bus or a table that refuses costs nobody the answer', async () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    aws.script.events = () => new AwsError('ThrottlingException', 'no');
    for (let frame = 0; frame < LIMITS.badFrames; frame += 1)
      await penalizeBadFrame(connectionId, NOW);
    aws.script.dynamodb = () => new AwsError('ValidationException', 'no');
    await penalizeBadFrame(connectionId, NOW);
    expect(warned.mock.calls).toHaveLength(2);
    warned.mockRestore();
  });
});
