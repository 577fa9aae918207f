// The rate of a room: all guests together, whatever sockets they have, and no call while it is known to be above.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { Refused } from '../protocol/errors.ts';

const NOW = Date.now();
let aws: TestAws;
let takeRoomToken: typeof import('./room-rate.ts').takeRoomToken;

beforeAll(async () => {
  aws = await startAws('SendmessageFunction');
  process.env.ROOM_MESSAGES_PER_SECOND = '4';
  ({ takeRoomToken } = await import('./room-rate.ts'));
});
afterAll(() => aws.stop());
let room = '';
let rooms = 0;
beforeEach(async () => {
  await aws.reset();
  rooms += 1;
  // A room of its own for each test: the sandbox remembers which are above their rate.
  room = `room-${rooms}`;
});

/** 0 where it may be said, else how long to wait. */
async function waitFor(atMs: number, where = room): Promise<number> {
  try {
    await takeRoomToken(where, 'm1', atMs);
    return 0;
  } catch (error) {
    if (error instanceof Refused && error.code === 'RateLimited' && error.ref === 'm1')
      return error.more.afterMs ?? -1;
    throw error;
  }
}
const saidOf = async (times: number, atMs: number) => {
  let said = 0;
  for (let at = 0; at < times; at += 1) if ((await waitFor(atMs)) === 0) said += 1;
  return said;
};

test('twenty at once, then four a second, and never more after a silence', async () => {
  expect(await saidOf(30, NOW)).toBe(20);
  expect(await saidOf(10, NOW + 1_000)).toBe(4);
  expect(await saidOf(30, NOW + 3_600_000)).toBe(20);
});

test('of forty that race, exactly twenty are said', async () => {
  const waits = await Promise.all(Array.from({ length: 40 }, () => waitFor(NOW)));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(20);
});

test('who is refused is told when there is room again, and not all the same moment', async () => {
  await saidOf(20, NOW);
  const waits = await Promise.all(Array.from({ length: 40 }, () => waitFor(NOW)));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(250);
  expect(Math.max(...waits)).toBeLessThan(2_250);
  expect(new Set(waits).size).toBeGreaterThan(20);
});

test('a room above its rate costs no call until its next token', async () => {
  await saidOf(21, NOW);
  let calls = 0;
  aws.script.dynamodb = () => {
    calls += 1;
    return undefined;
  };
  await saidOf(50, NOW + 100);
  expect(calls).toBe(0);
  expect(await waitFor(NOW + 250)).toBe(0);
  expect(calls).toBe(1);
});

test("another room's rate is its own", async () => {
  await saidOf(21, NOW);
  expect(await waitFor(NOW, 'another')).toBe(0);
});
