// DynamoDB on this machine: the plan's tables, what is refused, what expires, what is throttled on purpose.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TablePlan } from '../cloudformation/plan.ts';
import { silent } from '../log.ts';
import { Refusal } from '../refusal.ts';
import { openStore } from './store.ts';
import { ensure, startTables, type Tables } from './tables.ts';
import { sweep } from './time-to-live.ts';

const NOW_S = 1_800_000_000;
const FIVE_YEARS_S = 5 * 365 * 24 * 60 * 60;

function table(name: string, key = 'pk', more: Partial<TablePlan> = {}): TablePlan {
  return {
    name,
    arn: `arn:aws:dynamodb:eu-west-1:000000000000:table/${name}`,
    create: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    },
    origin: { file: 'shared/template.yaml', path: 'Resources.Table' },
    ...more,
  };
}

let folder: string;
const started: Tables[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tables-'));
});
afterEach(async () => {
  for (const tables of started.splice(0)) await tables.stop();
  rmSync(folder, { recursive: true });
});

async function start(plans: TablePlan[], more: Partial<Parameters<typeof startTables>[1]> = {}) {
  const tables = await startTables(plans, { log: silent, ...more });
  started.push(tables);
  return tables;
}

const put = (tables: Tables, TableName: string, pk: string, more: object = {}) =>
  tables.call('PutItem', { TableName, Item: { pk: { S: pk }, ...more } });

test('tables of the plan are there, new ones come with an update, old ones keep their items', async () => {
  const tables = await start([table('items')]);
  await put(tables, 'items', '1');
  await tables.update([table('others')]);
  await put(tables, 'others', '1');
  expect((await tables.call('Scan', { TableName: 'items' })).Count).toBe(1);
  expect((await tables.call('ListTables', {})).TableNames).toEqual(['items', 'others']);
});

test('items in a folder survive a restart', async () => {
  const first = await start([table('items')], { folder });
  await put(first, 'items', '1');
  await started.pop()?.stop();
  const second = await start([table('items')], { folder });
  expect((await second.call('Scan', { TableName: 'items' })).Items).toEqual([{ pk: { S: '1' } }]);
});

test('closing lets what is under way be answered, and refuses what comes later', async () => {
  const store = await openStore(folder);
  await ensure(store, table('Kept'));
  const write = (pk: string) =>
    store.call('PutItem', { TableName: 'Kept', Item: { pk: { S: pk } } });
  const writes = Array.from({ length: 50 }, (_, at) => write(String(at)));
  const closed = store.close();
  await expect(write('late')).rejects.toMatchObject({ name: 'InternalServerError' });
  await closed;
  expect(await Promise.all(writes)).toHaveLength(50);
});

test('an index that a table of the data folder lacks is refused by file and path', async () => {
  const tables = await start([table('items')]);
  const plan = table('items');
  const KeySchema = [{ AttributeName: 'pk', KeyType: 'HASH' }];
  const index = { IndexName: 'ByPk', KeySchema, Projection: { ProjectionType: 'ALL' } };
  const create = { ...plan.create, GlobalSecondaryIndexes: [index] };
  await expect(tables.update([{ ...plan, create }])).rejects.toThrow(
    /^shared\/template\.yaml: Resources\.Table\.Properties\.GlobalSecondaryIndexes/,
  );
});

test('another key for a table that is there is refused by file and path', async () => {
  const tables = await start([table('items')]);
  const changed = tables.update([table('items', 'id')]);
  await expect(changed).rejects.toThrow(Refusal);
  await expect(changed).rejects.toThrow(
    /^shared\/template\.yaml: Resources\.Table\.Properties\.KeySchema/,
  );
});

test('an error of DynamoDB has its own name', async () => {
  const tables = await start([table('items')]);
  const again = { ConditionExpression: 'attribute_not_exists(pk)' };
  const Item = { pk: { S: '1' } };
  await tables.call('PutItem', { TableName: 'items', Item, ...again });
  const second = tables.call('PutItem', { TableName: 'items', Item, ...again });
  await expect(second).rejects.toMatchObject({
    ...{ code: 'ConditionalCheckFailedException', status: 400 },
  });
  await expect(tables.call('PutItem', { TableName: 'nobody', Item })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

describe('a condition that fails', () => {
  const stored = { pk: { S: '1' }, count: { N: '7' } };
  const failing = { TableName: 'items', ConditionExpression: 'attribute_not_exists(pk)' };
  const update = { ...failing, Key: { pk: { S: '1' } }, UpdateExpression: 'REMOVE #count' };
  const naming = { ExpressionAttributeNames: { '#count': 'count' } };
  const writes: [string, Record<string, unknown>][] = [
    ['UpdateItem', { ...update, ...naming }],
    ['PutItem', { ...failing, Item: { pk: { S: '1' } } }],
    ['DeleteItem', { ...failing, Key: { pk: { S: '1' } } }],
  ];

  test.each(writes)('answers the item of %s where it is asked for', async (action, input) => {
    const tables = await start([table('items')]);
    await tables.call('PutItem', { TableName: 'items', Item: stored });
    const refusal = (more: object) => tables.call(action, { ...input, ...more });
    await expect(refusal({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject(
      { name: 'ConditionalCheckFailedException', more: { Item: stored } },
    );
    for (const wanted of [{ ReturnValuesOnConditionCheckFailure: 'NONE' }, {}])
      await expect(refusal(wanted)).rejects.toMatchObject({
        ...{ name: 'ConditionalCheckFailedException', more: {} },
      });
    await expect(refusal({ ReturnValuesOnConditionCheckFailure: 'ALL_NEW' })).rejects.toMatchObject(
      { name: 'ValidationException' },
    );
  });

  test('answers no item where there is none', async () => {
    const tables = await start([table('items')]);
    const input = { TableName: 'items', Key: { pk: { S: '2' } }, UpdateExpression: 'SET a = pk' };
    await expect(
      tables.call('UpdateItem', {
        ...{ ...input, ConditionExpression: 'attribute_exists(pk)' },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', more: {} });
  });
});

test.each(['TransactWriteItems', 'ExecuteStatement', 'DescribeLimits', 'UpdateTimeToLive'])(
  '%s, which this machine does not have, is refused by name',
  async (action) => {
    const tables = await start([table('items')]);
    await expect(tables.call(action, { TableName: 'items' })).rejects.toMatchObject({
      code: 'UnknownOperationException',
      message: `dynamodb:${action} is not supported on this machine`,
    });
  },
);

test('time to live is described as the plan has it, also after an update', async () => {
  const tables = await start([table('items'), table('leases', 'pk', { ttlAttribute: 'until' })]);
  const described = (TableName: string) => tables.call('DescribeTimeToLive', { TableName });
  const enabled = (AttributeName: string) => ({
    TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName },
  });
  const disabled = { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
  expect(await described('leases')).toEqual(enabled('until'));
  expect(await described(table('leases').arn)).toEqual(enabled('until'));
  expect(await described('items')).toEqual(disabled);
  await tables.update([table('items', 'pk', { ttlAttribute: 'at' }), table('leases')]);
  expect([await described('items'), await described('leases')]).toEqual([enabled('at'), disabled]);
  await expect(described('nothing')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

describe('a table’s ARN', () => {
  const { arn } = table('items');
  const Key = { pk: { S: '1' } };

  test('works as TableName in every operation', async () => {
    const tables = await start([table('items')]);
    const call = (action: string, input = {}) => tables.call(action, { TableName: arn, ...input });
    await call('PutItem', { Item: Key });
    await call('UpdateItem', {
      ...{ Key, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': { S: 'x' } } },
    });
    expect((await call('GetItem', { Key })).Item).toEqual({ ...Key, a: { S: 'x' } });
    const query = {
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: '1' } },
      ReturnConsumedCapacity: 'TOTAL',
    };
    expect(await call('Query', query)).toMatchObject({
      ...{ Count: 1, ConsumedCapacity: { TableName: arn } },
    });
    expect((await call('Scan')).Count).toBe(1);
    expect((await call('DescribeTable')).Table).toMatchObject({
      TableName: 'items',
      TableArn: arn,
    });
    await call('DeleteItem', { Key });
    expect((await call('Scan')).Count).toBe(0);
    await call('DeleteTable');
    await expect(call('Scan')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  test('works in batches, which answer by what they were given', async () => {
    const tables = await start([table('items'), table('others')]);
    const batch = (action: string, RequestItems: object) =>
      tables.call(action, { RequestItems, ReturnConsumedCapacity: 'TOTAL' });
    const puts = [{ PutRequest: { Item: Key } }];
    const written = await batch('BatchWriteItem', { [arn]: puts, others: puts });
    expect(written).toMatchObject({ UnprocessedItems: {} });
    const { Responses, ConsumedCapacity } = await batch('BatchGetItem', {
      [arn]: { Keys: [Key] },
      others: { Keys: [Key] },
    });
    expect(Responses).toEqual({ [arn]: [Key], others: [Key] });
    expect(ConsumedCapacity).toEqual(
      expect.arrayContaining([expect.objectContaining({ TableName: arn })]),
    );
    const twice = batch('BatchWriteItem', { [arn]: puts, items: puts });
    await expect(twice).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test.each([
    ['another Region', arn.replace('eu-west-1', 'us-east-1')],
    ['another account', arn.replace('000000000000', '111111111111')],
    ['no table', `${arn}x`],
  ])('of %s is not found', async (_, TableName) => {
    const tables = await start([table('items')]);
    await expect(tables.call('Scan', { TableName })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('of an index is that of its table', async () => {
    const { create } = table('items');
    const index = { IndexName: 'by-a', Projection: { ProjectionType: 'ALL' } };
    const plan = table('items', 'pk', {
      create: {
        ...create,
        AttributeDefinitions: ['pk', 'a'].map((AttributeName) => ({
          ...{ AttributeName, AttributeType: 'S' },
        })),
        GlobalSecondaryIndexes: [
          { ...index, KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }] },
        ],
      },
    });
    const tables = await start([plan]);
    const { Table } = await tables.call('DescribeTable', { TableName: arn });
    expect(Table).toMatchObject({
      GlobalSecondaryIndexes: [{ IndexArn: `${arn}/index/by-a`, IndexStatus: 'ACTIVE' }],
    });
  });
});

test('a sweep deletes what has expired, and neither what has not nor what expired five years ago', async () => {
  const plan = table('items', 'pk', { ttlAttribute: 'expiresAt' });
  const store = await openStore(undefined);
  try {
    await ensure(store, plan);
    const items = {
      ...{ expired: NOW_S - 1, now: NOW_S, later: NOW_S + 1 },
      ...{ almostOld: NOW_S - FIVE_YEARS_S + 1, old: NOW_S - FIVE_YEARS_S, never: 0 },
    };
    for (const [pk, at] of Object.entries(items)) {
      const Item = { pk: { S: pk }, expiresAt: { N: String(at) } };
      await store.call('PutItem', { TableName: 'items', Item });
    }
    await store.call('PutItem', { TableName: 'items', Item: { pk: { S: 'without' } } });
    const text = { pk: { S: 'text' }, expiresAt: { S: '1' } };
    await store.call('PutItem', { TableName: 'items', Item: text });
    expect(await sweep(store, plan, NOW_S)).toBe(2);
    const { Items } = await store.call('Scan', { TableName: 'items' });
    expect((Items as { pk: { S: string } }[]).map(({ pk }) => pk.S).sort()).toEqual([
      'later',
      'never',
      'now',
      'old',
      'text',
      'without',
    ]);
    expect(await sweep(store, table('items'), NOW_S)).toBe(0);
  } finally {
    await store.close();
  }
});

test('an item renewed between the sweep reading and deleting it stays', async () => {
  const plan = table('items', 'pk', { ttlAttribute: 'expiresAt' });
  const store = await openStore(undefined);
  try {
    await ensure(store, plan);
    const write = (at: number) =>
      store.call('PutItem', {
        ...{ TableName: 'items', Item: { pk: { S: 'lease' }, expiresAt: { N: String(at) } } },
      });
    await write(NOW_S - 1);
    const renewing: typeof store.call = async (action, input) => {
      if (action === 'DeleteItem') await write(NOW_S + 60);
      return store.call(action, input);
    };
    expect(await sweep({ ...store, call: renewing }, plan, NOW_S)).toBe(0);
    expect((await store.call('Scan', { TableName: 'items' })).Count).toBe(1);
  } finally {
    await store.close();
  }
});

test('throttling on purpose hits the same calls for the same seed, by its rate', async () => {
  const faresOf = async (seed: number) => {
    const tables = await start([table('items')], { faults: { throttleRate: 0.3, seed } });
    const calls = Array.from({ length: 200 }, async (_, n) => {
      try {
        await put(tables, 'items', String(n));
        return 'put';
      } catch (error) {
        return (error as Error).name;
      }
    });
    return Promise.all(calls);
  };
  const fares = await faresOf(1);
  const throttled = fares.filter((fare) => fare === 'ProvisionedThroughputExceededException');
  expect(throttled.length).toBeGreaterThan(30);
  expect(throttled.length).toBeLessThan(90);
  expect(await faresOf(1)).toEqual(fares);
  expect(await faresOf(2)).not.toEqual(fares);
});

test.each<[string, string, Record<string, unknown>, string]>([
  [
    'a request that dynalite refuses without a word',
    'PutItem',
    { Item: { pk: { S: 'x'.repeat(17_000_000) } } },
    'RequestEntityTooLargeException',
  ],
  ['null for an attribute', 'GetItem', { Key: { pk: null } }, 'SerializationException'],
  [
    'null for a request',
    'BatchWriteItem',
    { RequestItems: { items: [null] } },
    'SerializationException',
  ],
  [
    'a condition that is hours of parsing',
    'PutItem',
    { Item: { pk: { S: 'a' } }, ConditionExpression: '('.repeat(20) },
    'ValidationException',
  ],
  [
    'an ARN that is hours of matching',
    'ListTagsOfResource',
    { ResourceArn: 'a:'.repeat(2_000) },
    'ValidationException',
  ],
])('%s is an error of this call, and the next is answered', async (_, action, input, code) => {
  const tables = await start([table('items')]);
  const call = tables.call(action, { TableName: 'items', ...input });
  await expect(call).rejects.toMatchObject({ name: code });
  await put(tables, 'items', 'next');
});

test('a condition of four levels is read', async () => {
  const tables = await start([table('items')]);
  const ConditionExpression = '(NOT (pk = :a OR (attribute_exists(pk))))';
  const values = { ExpressionAttributeValues: { ':a': { S: 'a' } } };
  const input = { TableName: 'items', Item: { pk: { S: 'a' } }, ConditionExpression, ...values };
  await tables.call('PutItem', input);
  await expect(tables.call('PutItem', input)).rejects.toThrow('The conditional request failed');
});
