// A room's head: over how many shards its topic is spread.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../tests/product/aws.ts';

let aws: TestAws;
let shardsOf: typeof import('./messages.ts').shardsOf;

beforeAll(async () => {
  aws = await startAws('ConnectFunction');
  ({ shardsOf } = await import('./messages.ts'));
});
afterAll(() => aws.stop());

test('a room that nobody has spoken in has one shard', async () => {
  expect(await shardsOf('silent')).toBe(1);
});

test("a room has as many shards as its head says, whatever its messages' rows hold", async () => {
  await aws.put(aws.tables.messages, {
    room: { S: 'lobby' },
    seq: { N: '0' },
    head: { N: '7' },
    shards: { N: '4' },
  });
  await aws.put(aws.tables.messages, {
    room: { S: 'lobby' },
    seq: { N: '1' },
    shards: { N: '9' },
  });
  expect(await shardsOf('lobby')).toBe(4);
});

test('a head without the number, as of a room that never grew, has one shard', async () => {
  await aws.put(aws.tables.messages, { room: { S: 'small' }, seq: { N: '0' }, head: { N: '1' } });
  expect(await shardsOf('small')).toBe(1);
});
