// Arrivals: counted by the hour, and forgotten by themselves.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';

const HOUR_MS = 60 * 60 * 1000;
const NOON_MS = Date.UTC(2026, 5, 1, 12, 30);

let aws: TestAws;
let countReconnect: typeof import('./reconnects.ts').countReconnect;

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  ({ countReconnect } = await import('./reconnects.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const arrive = async (ms: number, before?: number) => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(ms);
  try {
    return await countReconnect(before);
  } finally {
    now.mockRestore();
  }
};

const at = async (ms: number) => (await arrive(ms)).count;

test('of this hour and the two before count, older ones do not', async () => {
  for (const hours of [0, 1, 2, 3]) await at(NOON_MS + hours * HOUR_MS);
  expect(await at(NOON_MS + 3 * HOUR_MS)).toBe(4);
});

test('of other sandboxes are seen: this hour at once, the hours before after two seconds', async () => {
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
  expect(await at(start + 2_000)).toBe(1_053);
});

test('stand in a row that TTL deletes, not before it has ceased to count', async () => {
  await at(NOON_MS);
  const [row] = await aws.rows(aws.tables.connections);
  expect(Number(row?.expiresAt?.N)).toBeGreaterThan((NOON_MS + 3 * HOUR_MS) / 1000);
});

test('are moved, not added: clients that say hello anew every hundred minutes are as many as they are', async () => {
  const start = NOON_MS + 200 * HOUR_MS;
  const came: (number | undefined)[] = Array(10).fill(undefined);
  let count = 0;
  for (let round = 0; round < 5; round += 1) {
    for (const [one, before] of came.entries()) {
      const arrival = await arrive(start + (round * 100 + one * 10) * 60_000, before);
      came[one] = arrival.hour;
      count = arrival.count;
    }
  }
  expect(count).toBe(10);
});

test('that came before the hours that count are added, and nothing is taken from an hour that is over', async () => {
  const start = NOON_MS + 300 * HOUR_MS;
  const { hour } = await arrive(start);
  expect(await arrive(start + 5 * HOUR_MS, hour)).toEqual({ hour: hour + 5, count: 1 });
  const rows = await aws.rows(aws.tables.connections);
  expect(rows.map(({ arrivals }) => arrivals?.N)).toEqual(['1', '1']);
});

test('that are left unread are no small sum: the count fails, and the next one reads again', async () => {
  const start = NOON_MS + 400 * HOUR_MS;
  await arrive(start);
  aws.script.dynamodb = (action) =>
    action === 'BatchGetItem'
      ? { Responses: {}, UnprocessedKeys: { [aws.tables.connections]: { Keys: [] } } }
      : undefined;
  await expect(arrive(start + HOUR_MS)).rejects.toThrow('left unread');
  aws.script.dynamodb = () => undefined;
  expect(await at(start + HOUR_MS)).toBe(3);
});
