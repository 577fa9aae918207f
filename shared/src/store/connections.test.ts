// The rows of connections: what is written, what is found, and that nothing of a connection that left stays.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import type { Connection } from './connections.ts';

type Requests = Record<string, unknown[]>;

const LOBBY = { topic: 'room:lobby', shard: 2 };
const ann: Connection = {
  connectionId: 'ann=',
  userId: 'guest-1',
  nickname: 'Ann',
  protocol: 'v1',
  subscriptions: [LOBBY, { topic: 'user:guest-1', shard: 0 }],
};

let aws: TestAws;
let door: typeof import('./connections.ts');

beforeAll(async () => {
  aws = await startAws('BroadcastFunction');
  door = await import('./connections.ts');
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const rows = () => aws.rows(aws.tables.connections);
const keys = async () => (await rows()).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).sort();
const everyone = (count: number) => Array.from({ length: count }, (_, at) => `c${at}=`);
const join = (ids: string[]) =>
  Promise.all(
    ids.map((connectionId) =>
      door.createConnection({ ...ann, connectionId, subscriptions: [LOBBY] }),
    ),
  );

describe('open', () => {
  test('writes the connection and one row a subscription, all with the same end', async () => {
    await door.createConnection(ann);
    expect(await keys()).toEqual([
      'connection#ann= connection',
      'topic#room:lobby#2 ann=',
      'topic#user:guest-1#0 ann=',
    ]);
    const ends = new Set((await rows()).map((row) => row.expiresAt?.N));
    expect(ends.size).toBe(1);
    const [end] = ends;
    const leftS = Number(end) - Date.now() / 1000;
    expect(leftS).toBeGreaterThan(2 * 60 * 60);
    expect(leftS).toBeLessThan(3 * 60 * 60);
  });

  test('a subscription carries its end and nothing of its owner; only a plain one is marked', async () => {
    await door.createConnection(ann);
    await door.createConnection({ ...ann, connectionId: 'bob=', protocol: 'plain' });
    const of = async (id: string) => (await rows()).filter((row) => row.sk?.S === id);
    for (const row of await of('ann='))
      expect(Object.keys(row).sort()).toEqual(['expiresAt', 'pk', 'sk']);
    for (const row of await of('bob=')) expect(row.plain).toEqual({ BOOL: true });
  });

  test('writes the owner first, so that a subscription never stands without one', async () => {
    const written: string[][] = [];
    aws.script.dynamodb = (action, input) => {
      if (action === 'BatchWriteItem') written.push([JSON.stringify(input)]);
      return undefined;
    };
    await door.createConnection(ann);
    expect(written).toHaveLength(2);
    expect(String(written[0])).toContain('connection#ann=');
    expect(String(written[0])).not.toContain('topic#');
  });

  test('rejects when the table does', async () => {
    aws.script.dynamodb = () => new AwsError('ValidationException', 'no');
    await expect(door.createConnection(ann)).rejects.toThrow('no');
  });
});

describe('reopen', () => {
  const hearing = (subscriptions: Connection['subscriptions']): Connection => ({
    ...ann,
    clientId: 'client-1',
    subscriptions,
  });

  test('takes what is heard no more, keeps what is, and adds what is new', async () => {
    await door.createConnection(ann);
    const tea = { topic: 'room:tea', shard: 0 };
    await door.identifyConnection(ann, hearing([LOBBY, tea]));
    expect(await keys()).toEqual([
      'connection#ann= connection',
      'topic#room:lobby#2 ann=',
      'topic#room:tea#0 ann=',
    ]);
    expect(await door.readConnection('ann=')).toMatchObject({
      clientId: 'client-1',
      subscriptions: [LOBBY, tea],
    });
  });

  test('into another shard of the same topic leaves none in the old', async () => {
    await door.createConnection(ann);
    await door.identifyConnection(ann, hearing([{ ...LOBBY, shard: 3 }]));
    expect(await keys()).toEqual(['connection#ann= connection', 'topic#room:lobby#3 ann=']);
  });

  test('that fails half-way can be done again, and closes whole', async () => {
    await door.createConnection(ann);
    let calls = 0;
    aws.script.dynamodb = (action) =>
      action === 'BatchWriteItem' && ++calls === 2 ? new AwsError('Broken', 'no') : undefined;
    await expect(
      door.identifyConnection(ann, hearing([{ topic: 'room:tea', shard: 0 }])),
    ).rejects.toThrow();
    const found = await door.readConnection('ann=');
    await door.identifyConnection(found ?? ann, hearing([LOBBY]));
    expect(await keys()).toEqual(['connection#ann= connection', 'topic#room:lobby#2 ann=']);
    await door.deleteConnection('ann=');
    expect(await keys()).toEqual([]);
  });
});

describe('a hello', () => {
  const tea = { topic: 'room:tea', shard: 0 };
  const coffee = { topic: 'room:coffee', shard: 0 };
  const said = (...subscriptions: Connection['subscriptions']) => ({
    ...ann,
    clientId: 'client-1',
    subscriptions,
  });

  test('that ends after the socket did writes nothing back to life', async () => {
    await door.createConnection(ann);
    const read = (await door.readConnection('ann=')) ?? ann;
    await door.deleteConnection('ann=');
    await expect(door.identifyConnection(read, said(tea))).rejects.toMatchObject({ code: 'Busy' });
    expect(await keys()).toEqual([]);
  });

  test('side by side with another on one socket leaves no subscription that its row does not know', async () => {
    await door.createConnection(ann);
    const read = (await door.readConnection('ann=')) ?? ann;
    const ends = await Promise.allSettled([
      door.identifyConnection(read, said(tea)),
      door.identifyConnection(read, said(coffee)),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await door.deleteConnection('ann=');
    expect(await keys()).toEqual([]);
  });

  test('after another hello finds what that one wrote', async () => {
    await door.createConnection(ann);
    for (const room of [tea, coffee, tea])
      await door.identifyConnection((await door.readConnection('ann=')) ?? ann, said(room));
    expect(await keys()).toEqual(['connection#ann= connection', 'topic#room:tea#0 ann=']);
  });
});

describe('find', () => {
  test('gives back what was opened', async () => {
    await door.createConnection(ann);
    expect(await door.readConnection('ann=')).toMatchObject(ann);
  });

  test('knows nobody who never came', async () => {
    expect(await door.readConnection('nobody=')).toBeUndefined();
  });

  test('knows nobody whose row has expired, though TTL has not deleted it yet', async () => {
    await door.createConnection(ann);
    const row = (await rows()).find(({ sk }) => sk?.S === 'connection');
    const past = { N: String(Math.floor(Date.now() / 1000) - 1) };
    await aws.put(aws.tables.connections, { ...row, expiresAt: past });
    expect(await door.readConnection('ann=')).toBeUndefined();
  });

  test('a row that holds its key alone is a plain connection that hears nothing and has expired', async () => {
    const bare = { pk: { S: 'connection#x=' }, sk: { S: 'connection' } };
    await aws.put(aws.tables.connections, bare);
    expect(await door.readConnection('x=')).toBeUndefined();
    await aws.put(aws.tables.connections, { ...bare, expiresAt: { N: '9999999999' } });
    expect(await door.readConnection('x=')).toMatchObject({ protocol: 'plain', subscriptions: [] });
  });
});

describe('close', () => {
  test("removes all of the connection's rows and no other's", async () => {
    await door.createConnection(ann);
    await door.createConnection({ ...ann, connectionId: 'bob=' });
    const before = await keys();
    await door.deleteConnection('ann=');
    expect(await keys()).toEqual(before.filter((key) => !key.includes('ann=')));
  });

  test('twice, or of somebody unknown, is no error', async () => {
    await door.createConnection(ann);
    await door.deleteConnection('ann=');
    await door.deleteConnection('ann=');
    await door.deleteConnection('nobody=');
    expect(await keys()).toEqual([]);
  });

  test('removes an expired connection too', async () => {
    await door.createConnection(ann);
    const row = (await rows()).find(({ sk }) => sk?.S === 'connection');
    await aws.put(aws.tables.connections, { ...row, expiresAt: { N: '1' } });
    await door.deleteConnection('ann=');
    expect(await keys()).toEqual([]);
  });
});

describe('forget', () => {
  test('removes every row of those that were found gone, and of nobody else', async () => {
    await join(['a=', 'b=', 'c=']);
    await door.removeSubscribers(['a=', 'c='], LOBBY);
    expect(await keys()).toEqual(['connection#b= connection', 'topic#room:lobby#2 b=']);
  });

  test("removes the subscription that was heard even where its owner's row is lost", async () => {
    await aws.put(aws.tables.connections, {
      pk: { S: 'topic#room:lobby#2' },
      sk: { S: 'lost=' },
      expiresAt: { N: '9999999999' },
    });
    await door.removeSubscribers(['lost='], LOBBY);
    expect(await keys()).toEqual([]);
  });

  test('leaves a plain client whose handshake may not have ended, and removes it later', async () => {
    await door.createConnection({ ...ann, protocol: 'plain' });
    const before = await keys();
    await door.removeSubscribers(['ann='], LOBBY);
    expect(await keys()).toEqual(before);
    const row = (await rows()).find(({ sk }) => sk?.S === 'connection');
    const end = { N: String(Number(row?.expiresAt?.N) - 10) };
    await aws.put(aws.tables.connections, { ...row, expiresAt: end });
    await door.removeSubscribers(['ann='], LOBBY);
    expect(await keys()).toEqual([]);
  });

  test('removes more than one batch can hold', async () => {
    const ids = everyone(60);
    await join(ids);
    await door.removeSubscribers(ids, LOBBY);
    expect(await keys()).toEqual([]);
  });

  test('of nobody asks nothing of the table', async () => {
    let calls = 0;
    aws.script.dynamodb = () => {
      calls += 1;
      return undefined;
    };
    await door.removeSubscribers([], LOBBY);
    expect(calls).toBe(0);
  });
});

describe('writing', () => {
  /** Leaves the first request of each batch unprocessed, `times` times. */
  const leaveOne = (times: number) => {
    let left = times;
    aws.script.dynamodb = (action, input) => {
      if (action !== 'BatchWriteItem' || left === 0) return undefined;
      left -= 1;
      const [[table, requests]] = Object.entries(input.RequestItems as Requests) as [
        [string, unknown[]],
      ];
      return { UnprocessedItems: { [table]: requests.slice(0, 1) } };
    };
  };

  test('writes again what DynamoDB left unprocessed', async () => {
    leaveOne(3);
    await door.createConnection({ ...ann, subscriptions: [LOBBY] });
    expect(await keys()).toEqual(['connection#ann= connection', 'topic#room:lobby#2 ann=']);
  });

  test('rejects when rows stay unwritten, so that nobody believes they are there', async () => {
    leaveOne(Number.POSITIVE_INFINITY);
    await expect(door.createConnection(ann)).rejects.toThrow('1 rows were left undone');
  });

  test('sends at most 25 rows at once', async () => {
    const sizes: number[] = [];
    aws.script.dynamodb = (action, input) => {
      if (action === 'BatchWriteItem')
        sizes.push(...Object.values(input.RequestItems as Requests).map((rows) => rows.length));
      return undefined;
    };
    const subscriptions = Array.from({ length: 51 }, (_, at) => ({
      topic: `room:r${at}`,
      shard: 0,
    }));
    await door.createConnection({ ...ann, subscriptions });
    expect(sizes).toEqual([1, 25, 25, 1]);
    expect(await keys()).toHaveLength(52);
  });
});

describe('subscribers', () => {
  test("are those of the topic's shard, and of no other", async () => {
    await door.createConnection(ann);
    await door.createConnection({
      ...ann,
      connectionId: 'bob=',
      subscriptions: [{ ...LOBBY, shard: 1 }],
    });
    expect(await door.readSubscribers(LOBBY)).toEqual({ connectionIds: ['ann='] });
    expect(await door.readSubscribers({ topic: 'room:nowhere', shard: 0 })).toEqual({
      connectionIds: [],
    });
  });

  test('come page by page, each once, from where the page before ended', async () => {
    const ids = everyone(7);
    await join(ids);
    aws.script.dynamodb = (action, input) => {
      if (action === 'Query') input.Limit = 3;
      return undefined;
    };
    const seen: string[] = [];
    const sizes: number[] = [];
    let next: string | undefined;
    do {
      const page = await door.readSubscribers(LOBBY, next);
      seen.push(...page.connectionIds);
      sizes.push(page.connectionIds.length);
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual(ids);
    expect(sizes).toEqual([3, 3, 1]);
  });

  test('are not those whose row has expired but still stands', async () => {
    await join(['a=', 'b=']);
    const pk = { S: 'topic#room:lobby#2' };
    await aws.put(aws.tables.connections, { pk, sk: { S: 'a=' }, expiresAt: { N: '1' } });
    expect(await door.readSubscribers(LOBBY)).toEqual({ connectionIds: ['b='] });
  });
});
