// A room's head: over how many shards its topic is spread.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';

let aws: TestAws;
let readShards: typeof import('./room-heads.ts').readShards;
let readRoomHeads: typeof import('./room-heads.ts').readRoomHeads;

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  ({ readShards, readRoomHeads } = await import('./room-heads.ts'));
});
afterAll(() => aws.stop());
afterEach(() => {
  aws.script.dynamodb = () => undefined;
});

test('a room that nobody has spoken in has one shard', async () => {
  expect(await readShards('silent')).toBe(1);
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
  expect(await readShards('lobby')).toBe(4);
});

test('a head without the number, as of a room that never grew, has one shard', async () => {
  await aws.put(aws.tables.messages, { room: { S: 'small' }, seq: { N: '0' }, head: { N: '1' } });
  expect(await readShards('small')).toBe(1);
});

test('the heads of many rooms come in one consistent read, 0 where nobody has spoken', async () => {
  const calls: string[] = [];
  aws.script.dynamodb = (action, input) => {
    calls.push(`${action} ${JSON.stringify(input)}`);
    return undefined;
  };
  const heads = await readRoomHeads(['lobby', 'silent', 'lobby']);
  expect([...heads]).toEqual([
    ['lobby', { head: 7, shards: 4 }],
    ['silent', { head: 0, shards: 1 }],
  ]);
  expect(calls).toEqual([expect.stringMatching(/^BatchGetItem .*"ConsistentRead":true/)]);
});

test('heads that DynamoDB left unread are asked for again, and none is made up', async () => {
  let left = 2;
  aws.script.dynamodb = (_, input) =>
    left-- > 0 ? { Responses: {}, UnprocessedKeys: input.RequestItems as object } : undefined;
  expect((await readRoomHeads(['lobby'])).get('lobby')?.head).toBe(7);
  left = Number.POSITIVE_INFINITY;
  await expect(readRoomHeads(['lobby'])).rejects.toThrow('1 rows were left undone');
});

test('of no rooms nothing is asked', async () => {
  aws.script.dynamodb = () => new AwsError('ValidationException', 'empty keys');
  expect(await readRoomHeads([])).toEqual(new Map());
});
