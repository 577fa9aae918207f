// The bucket: a burst, then a steady rate, exact among frames that race, and never more than one owner's.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { Refused } from './protocol.ts';

const NOW = Date.now();
let aws: TestAws;
let admit: typeof import('./admission.ts').admit;
let connections: typeof import('./connections.ts');

beforeAll(async () => {
  aws = await startAws('PingFunction');
  Object.assign(process.env, { MESSAGE_BURST: '10', MESSAGES_PER_SECOND: '2' });
  connections = await import('./connections.ts');
  ({ admit } = await import('./admission.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  await connections.open({
    ...{ connectionId: 'c1=', userId: 'u_1', nickname: 'Ada', protocol: 'v1' },
    subscriptions: [{ topic: 'room:lobby', shard: 0 }],
  });
});

const admitted = async (atMs: number) => {
  try {
    return (await admit('c1=', null, atMs))?.userId;
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
  expect(await admit('c1=', null, NOW)).toMatchObject({
    ...{ connectionId: 'c1=', userId: 'u_1', nickname: 'Ada', protocol: 'v1' },
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
  await expect(admit('c1=', 'm1', NOW)).rejects.toMatchObject({ code: 'RateLimited', ref: 'm1' });
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
  await connections.open({
    ...{ connectionId: 'c2=', userId: 'u_2', nickname: 'Bob', protocol: 'v1' },
    subscriptions: [],
  });
  expect(await admit('c2=', null, NOW)).toMatchObject({ userId: 'u_2' });
});

test('a connection that has ended, or whose row has run out, is nobody, and no row is made of it', async () => {
  expect(await admit('gone=', null, NOW)).toBeUndefined();
  const [row] = (await aws.rows(aws.tables.connections)).filter(({ userId }) => userId?.S);
  await aws.put(aws.tables.connections, { ...row, expiresAt: { N: '1' } });
  expect(await admit('c1=', null, NOW)).toBeUndefined();
  expect((await aws.rows(aws.tables.connections)).map(({ sk }) => sk?.S).sort()).toEqual([
    'c1=',
    'connection',
  ]);
});

test('another hello writes the connection anew, and leaves its bucket as it is', async () => {
  await admittedOf(9, NOW);
  const before = await admit('c1=', null, NOW);
  if (before === undefined) throw new Error('not admitted');
  const { fullAt: _, ...after } = before;
  await connections.reopen(before, { ...after, nickname: 'Eve' });
  expect(await admitted(NOW)).toBe(500);
});
