// Arrivals: counted by the hour, and forgotten by themselves.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { startAws, type TestAws } from '../../tests/product/aws.ts';

const HOUR_MS = 60 * 60 * 1000;
const NOON_MS = Date.UTC(2026, 5, 1, 12, 30);

let aws: TestAws;
let countArrival: typeof import('./arrivals.ts').countArrival;

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  ({ countArrival } = await import('./arrivals.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const at = async (ms: number) => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(ms);
  try {
    return await countArrival();
  } finally {
    now.mockRestore();
  }
};

test('of this hour and the two before count, older ones do not', async () => {
  for (const hours of [0, 1, 2, 3]) await at(NOON_MS + hours * HOUR_MS);
  expect(await at(NOON_MS + 3 * HOUR_MS)).toBe(4);
});

test('of other sandboxes are seen: this hour at once, the hours before within a minute', async () => {
  const start = NOON_MS + 100 * HOUR_MS;
  await at(start);
  const [row] = await aws.rows(aws.tables.connections);
  await aws.put(aws.tables.connections, { ...row, arrivals: { N: '50' } });
  expect(await at(start)).toBe(51);
  const before = { pk: { S: `arrivals#${new Date(start - HOUR_MS).toISOString().slice(0, 13)}` } };
  await aws.put(aws.tables.connections, {
    ...before,
    sk: { S: 'arrivals' },
    arrivals: { N: '1000' },
  });
  expect(await at(start)).toBe(52);
  expect(await at(start + 61_000)).toBe(1_053);
});

test('stand in a row that TTL deletes, not before it has ceased to count', async () => {
  await at(NOON_MS);
  const [row] = await aws.rows(aws.tables.connections);
  expect(Number(row?.expiresAt?.N)).toBeGreaterThan((NOON_MS + 3 * HOUR_MS) / 1000);
});
