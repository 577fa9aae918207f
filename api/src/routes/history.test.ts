// History: pages backwards, exact places, fences for what will never come; whatever is stored, following `more` covers what was asked.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { History } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import {
  context,
  frameIn,
  handshake,
  helloEvent,
  routeEvent,
} from '../../../tests/product/sample.ts';

const ME = 'c1=';
const ROOM = 'lobby';
const MINUTE_MS = 60_000;

let aws: TestAws;
let hello: typeof import('./hello.ts').handler;
let connect: typeof import('./connect.ts').handler;
let handler: typeof import('./history.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'HistoryFunction');
  ({ handler: connect } = await import('./connect.ts'));
  ({ handler: hello } = await import('./hello.ts'));
  ({ handler } = await import('./history.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => enter());

async function enter(): Promise<void> {
  await aws.reset();
  await connect(handshake(ME, { 'Sec-WebSocket-Protocol': 'chat.v1' }), context());
  await hello(helloEvent(ME), context());
}

const ask = async (fields: Record<string, unknown>, connectionId = ME) =>
  frameIn(
    await handler(
      routeEvent('history', { connectionId, body: { action: 'history', room: ROOM, ...fields } }),
      context(),
    ),
  ) as History;
const put = (seq: number, row: Parameters<TestAws['put']>[1]) =>
  aws.put(aws.tables.messages, { room: { S: ROOM }, seq: { N: String(seq) }, ...row });
const ago = (ms: number) => ({ S: new Date(Date.now() - ms).toISOString() });
const head = (to: number, agoMs = 0) =>
  put(0, { head: { N: String(to) }, shards: { N: '1' }, headAt: ago(agoMs) });
const said = (seq: number, { text = `words ${seq}`, agoMs = 5 * MINUTE_MS } = {}) =>
  put(seq, {
    messageId: { S: `id-${seq}` },
    userId: { S: 'u_1' },
    nickname: { S: 'Ada' },
    text: { S: text },
    sentAt: ago(agoMs),
  });
const tomb = (seq: number) => put(seq, { void: { BOOL: true } });
const room = async (to: number, ...missing: number[]) => {
  await head(to);
  for (let seq = 1; seq <= to; seq += 1) if (!missing.includes(seq)) await said(seq);
};
const seqs = ({ items }: History) => items.map(({ seq }) => seq);
const tombstones = async () =>
  (await aws.rows(aws.tables.messages))
    .flatMap((row) => (row.void?.BOOL ? [Number(row.seq?.N)] : []))
    .sort((a, b) => a - b);
const writes = () => {
  const calls: string[] = [];
  aws.script.dynamodb = (action, { TableName }) => {
    // The asker's own row gives a token for every question.
    if (TableName === aws.tables.connections) return undefined;
    if (/Put|Update|Delete|Write/.test(action)) calls.push(action);
    return undefined;
  };
  return calls;
};

test.each([{ before: 3 }, { ranges: [[1, 2]] }, {}])(
  'the answer carries the number of its question, where that had one: %j',
  async (asked) => {
    await room(3);
    expect(await ask({ ...asked, n: 0 })).toMatchObject({ type: 'history', n: 0 });
    expect(await ask({ ...asked, n: 41 })).toMatchObject({ type: 'history', n: 41 });
    expect(await ask(asked)).not.toHaveProperty('n');
  },
);

describe('a page backwards', () => {
  test('is the newest, in ascending order, as message frames', async () => {
    await room(5);
    const page = await ask({ limit: 2 });
    expect(page).toMatchObject({ type: 'history', room: ROOM, void: [], from: 4, to: 5, head: 5 });
    expect(page.items[1]).toEqual({
      type: 'message',
      room: ROOM,
      seq: 5,
      messageId: 'id-5',
      userId: 'u_1',
      nickname: 'Ada',
      message: 'words 5',
      timestamp: expect.any(String),
    });
    expect(page.more).toBe(true);
  });

  test('goes on below the page before, to the first message and no further', async () => {
    await room(5);
    const page = await ask({ before: 4 });
    expect(page).toMatchObject({ from: 1, to: 3, head: 5, more: false });
    expect(seqs(page)).toEqual([1, 2, 3]);
    expect(await ask({ before: 1 })).toMatchObject({ items: [], void: [], more: false });
  });

  test('of a room that nobody has spoken in is empty', async () => {
    expect(await ask({})).toMatchObject({ items: [], void: [], head: 0, more: false });
  });

  test('tells what is void, leaves holes open, and writes nothing', async () => {
    await room(6, 3, 4);
    await tomb(4);
    const written = writes();
    const page = await ask({});
    expect(seqs(page)).toEqual([1, 2, 5, 6]);
    expect(page.void).toEqual([4]);
    expect(written).toEqual([]);
    expect(await tombstones()).toEqual([4]);
  });
});

describe('exact places', () => {
  test('are those that were asked for and no other', async () => {
    await room(9);
    const answer = await ask({
      ranges: [
        [2, 3],
        [7, 7],
      ],
    });
    expect(seqs(answer)).toEqual([2, 3, 7]);
    expect(answer).toMatchObject({ void: [], from: 2, to: 7, head: 9, more: false });
  });

  test('above the head are on their way: not void, and nothing is written there', async () => {
    await room(2);
    const written = writes();
    const answer = await ask({ ranges: [[2, 50]] });
    expect(seqs(answer)).toEqual([2]);
    expect(answer).toMatchObject({ void: [], from: 2, to: 50, head: 2, more: false });
    expect(written).toEqual([]);
  });

  test('go on above `to` while there is more', async () => {
    await room(6);
    const answer = await ask({
      ranges: [
        [1, 2],
        [4, 6],
      ],
      limit: 3,
    });
    expect(seqs(answer)).toEqual([1, 2, 4]);
    expect(answer).toMatchObject({ to: 4, more: true });
    expect(seqs(await ask({ ranges: [[5, 6]], limit: 3 }))).toEqual([5, 6]);
  });
});

describe('a hole', () => {
  test('below a message sent more than a minute ago is fenced, and called void', async () => {
    await room(3, 2);
    const answer = await ask({ ranges: [[1, 3]] });
    expect(seqs(answer)).toEqual([1, 3]);
    expect(answer.void).toEqual([2]);
    expect(await tombstones()).toEqual([2]);
  });

  test('is fenced though the message above it lies outside the range', async () => {
    await room(4, 2, 3);
    expect((await ask({ ranges: [[2, 2]] })).void).toEqual([2]);
    expect(await tombstones()).toEqual([2]);
  });

  test('below younger messages alone is on its way', async () => {
    await head(3);
    await said(1);
    await said(3, { agoMs: MINUTE_MS / 2 });
    const answer = await ask({ ranges: [[1, 3]] });
    expect(seqs(answer)).toEqual([1, 3]);
    expect(answer).toMatchObject({ void: [], to: 3, more: false });
    expect(await tombstones()).toEqual([]);
  });

  test('at the end of the room is on its way, however long', async () => {
    await room(5, 4, 5);
    expect(await ask({ ranges: [[3, 5]] })).toMatchObject({ void: [], to: 5, more: false });
    expect(await tombstones()).toEqual([]);
  });

  test('at the end of the room is fenced once nothing has been said for a minute: its execution died', async () => {
    await room(3, 3);
    await head(3, 2 * MINUTE_MS);
    expect((await ask({ ranges: [[2, 9]] })).void).toEqual([3]);
    expect(await tombstones()).toEqual([3]);
  });

  // AWS does not say whether a whole second of `$$.State.EnteredTime` ends in `.000`.
  test.each([
    ['with', (time: string) => time],
    ['without', (time: string) => time.replace('.000Z', 'Z')],
  ])(
    'at the end of the room is fenced by the age of a whole second %s milliseconds',
    async (_, spelled) => {
      for (const [agoMs, fenced] of [
        [MINUTE_MS / 2, []],
        [2 * MINUTE_MS, [3]],
      ] as const) {
        await room(3, 3);
        const second = Math.floor((Date.now() - agoMs) / 1000) * 1000;
        const headAt = { S: spelled(new Date(second).toISOString()) };
        await put(0, { head: { N: '3' }, shards: { N: '1' }, headAt });
        expect((await ask({ ranges: [[2, 9]] })).void).toEqual(fenced);
      }
    },
  );

  test('of a room whose head does not tell its age is on its way', async () => {
    await put(0, { head: { N: '2' }, shards: { N: '1' } });
    expect((await ask({ ranges: [[1, 2]] })).void).toEqual([]);
    expect(await tombstones()).toEqual([]);
  });

  test.each([
    [[1, 1], 1],
    [[1, 9], 0],
  ] as const)(
    'in a busy room, asked for as %j, costs %d looks: only the nearest message above is looked at',
    async (range, most) => {
      await head(1_200);
      for (let seq = 2; seq <= 200; seq += 1) await said(seq, { agoMs: MINUTE_MS / 2 });
      const looks: unknown[] = [];
      aws.script.dynamodb = (action, input) => {
        if (action === 'Query' && input.ProjectionExpression !== undefined) looks.push(input.Limit);
        return undefined;
      };
      expect((await ask({ ranges: [range] })).void).toEqual([]);
      expect(looks).toEqual(Array.from({ length: most }, () => 1));
    },
  );

  test('below a tombstone is fenced: that was put a minute after its seq was drawn', async () => {
    await head(4);
    await tomb(3);
    expect((await ask({ ranges: [[2, 4]] })).void).toEqual([2, 3]);
    expect(await tombstones()).toEqual([2, 3]);
  });

  test('that an old message between two ranges proves is fenced, the one above it is not', async () => {
    await head(9);
    await said(5);
    const ranges = [
      [3, 3],
      [9, 9],
    ];
    expect((await ask({ ranges })).void).toEqual([3]);
    expect(await tombstones()).toEqual([3]);
  });

  test('is fenced beyond a long run of tombstones', async () => {
    await head(131);
    for (let seq = 2; seq <= 130; seq += 1) await tomb(seq);
    await said(131);
    expect((await ask({ ranges: [[1, 1]] })).void).toEqual([1]);
  });

  test('that is filled while it is being fenced is the message: late, never lost', async () => {
    await room(3, 2);
    const before = (await aws.rows(aws.tables.messages))
      .filter(({ seq }) => Number(seq?.N) > 0)
      .sort((a, b) => Number(a.seq?.N) - Number(b.seq?.N));
    await said(2);
    // The reader's Query came before the put, its tombstone comes after it.
    aws.script.dynamodb = (action, input) =>
      action === 'Query' && JSON.stringify(input).includes('BETWEEN')
        ? { Items: before, Count: before.length }
        : undefined;
    const answer = await ask({ ranges: [[1, 3]] });
    expect(seqs(answer)).toEqual([1, 2, 3]);
    expect(answer.void).toEqual([]);
    expect(await tombstones()).toEqual([]);
  });

  test('stays a tombstone for a put that comes after it', async () => {
    await room(3, 2);
    await ask({ ranges: [[2, 2]] });
    const { PutItemCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    const put = new PutItemCommand({
      TableName: aws.tables.messages,
      Item: { room: { S: ROOM }, seq: { N: '2' }, messageId: { S: 'late' } },
      ConditionExpression: 'attribute_not_exists(seq)',
    });
    await expect(new DynamoDBClient({}).send(put)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
    expect((await ask({ ranges: [[2, 2]] })).void).toEqual([2]);
  });

  test('that was fenced by another reader at the same time is void for both', async () => {
    await room(3, 2);
    const answers = await Promise.all([ask({ ranges: [[1, 3]] }), ask({ ranges: [[1, 3]] })]);
    expect(answers.map((answer) => answer.void)).toEqual([[2], [2]]);
  });
});

describe('an answer', () => {
  const bytes = (answer: History) => Buffer.byteLength(JSON.stringify(answer));

  test.each<[string, { ranges?: [number, number][] }]>([
    ['backwards', {}],
    ['of exact places', { ranges: [[1, 100]] }],
  ])(
    '%s of a hundred 4,000-character messages stays below 28 KB, and all are had by asking on',
    async (_, question) => {
      await head(100);
      for (let seq = 1; seq <= 100; seq += 1) await said(seq, { text: '"é😀x'.repeat(1_000) });
      const seen: number[] = [];
      let next: Record<string, unknown> | undefined = question;
      while (next !== undefined) {
        const answer: History = await ask(next);
        expect(bytes(answer)).toBeLessThanOrEqual(28 * 1024);
        expect(answer.items.length).toBeGreaterThan(0);
        seen.push(...seqs(answer));
        if (!answer.more) next = undefined;
        else if (question.ranges === undefined) next = { before: answer.from };
        else next = { ranges: [[answer.to + 1, 100]] };
      }
      expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    },
  );

  test('holds at most a hundred places, and fences no more', async () => {
    await head(500);
    await said(500);
    const answer = await ask({ ranges: [[1, 500]] });
    expect(answer.void).toHaveLength(100);
    expect(answer).toMatchObject({ to: 100, more: true });
    expect(await tombstones()).toHaveLength(100);
  });

  test('asked for twenty ranges of all numbers there are is no more work than a page', async () => {
    await head(Number.MAX_SAFE_INTEGER, 5 * MINUTE_MS);
    const every = Math.floor(Number.MAX_SAFE_INTEGER / 20);
    const ranges = Array.from({ length: 20 }, (_, at) => [at * every + 1, (at + 1) * every]);
    let calls = 0;
    aws.script.dynamodb = () => {
      calls += 1;
      return undefined;
    };
    const answer = await ask({ ranges });
    expect(answer.items.length + answer.void.length).toBe(100);
    expect(answer).toMatchObject({ to: 100, more: true });
    expect(calls).toBeLessThanOrEqual(LIMITS.historyItems + 10);
  });

  test('tells a message that is larger than a frame may be cut, and goes on behind it', async () => {
    await room(3);
    await said(2, { text: 'x'.repeat(30_000) });
    const answer = await ask({ ranges: [[2, 3]] });
    expect(seqs(answer)).toEqual([2, 3]);
    expect(answer.items[0]?.message).toHaveLength(LIMITS.messageCharacters);
    expect(answer).toMatchObject({ to: 3, more: false });
  });
});

describe('nothing is told', () => {
  test('of a room that the asker is not in', async () => {
    expect(await ask({ room: 'elsewhere' })).toMatchObject({ code: 'NotInRoom', retry: false });
  });

  test.each([
    ['has not said hello', { 'Sec-WebSocket-Protocol': 'chat.v1' }],
    ['is plain', {}],
  ])('to who %s', async (_, headers: Record<string, string>) => {
    await connect(handshake('new=', headers), context());
    expect(await ask({}, 'new=')).toMatchObject({ code: 'HelloFirst', retry: true });
  });
});

describe('following `more`', () => {
  type There = 'old' | 'young' | 'tombstone' | 'nothing';
  const there = fc.constantFrom<There>('old', 'old', 'young', 'tombstone', 'nothing');
  /**
   * What stands higher was sent later: from the first that is young on, none is old. A tombstone is put a minute after its
   * number was given, so nothing below one is young.
   */
  const inTurn = (all: There[]): There[] => {
    const above = Math.max(Math.floor(all.length / 2), all.lastIndexOf('tombstone') + 1);
    const young = all.indexOf('young', above);
    return all.map((what, at) =>
      what !== 'old' && what !== 'young' ? what : young >= 0 && at >= young ? 'young' : 'old',
    );
  };
  const asked = fc
    .uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 8 })
    .map((ends) => ends.sort((a, b) => a - b))
    .map((ends) =>
      Array.from({ length: Math.floor(ends.length / 2) }, (_, at): [number, number] => [
        ends[2 * at] ?? 1,
        ends[2 * at + 1] ?? 1,
      ]),
    );

  /** Each run begins with an empty room. */
  async function fill(all: There[], size: number): Promise<void> {
    await enter();
    await head(all.length);
    for (const [at, what] of all.entries()) {
      if (what === 'tombstone') await tomb(at + 1);
      if (what === 'old' || what === 'young')
        await said(at + 1, { text: 'x'.repeat(size), agoMs: what === 'old' ? 5 * MINUTE_MS : 0 });
    }
  }
  const at = (all: There[], is: (what: There) => boolean) =>
    all.flatMap((what, index) => (is(what) ? [index + 1] : []));

  test('covers exactly what was asked, whatever is stored: each place once, void only what is void', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(there, { minLength: 1, maxLength: 30 }).map(inTurn),
        asked,
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(10, 4_000, 12_000),
        async (all, ranges, limit, size) => {
          await fill(all, size);
          const within = (seq: number) => ranges.some(([from, to]) => seq >= from && seq <= to);
          const items: number[] = [];
          const gone: number[] = [];
          let left = ranges;
          for (let tries = 0; left.length > 0; tries += 1) {
            expect(tries).toBeLessThan(80);
            const answer = await ask({ ranges: left, limit });
            expect(answer.items.length + answer.void.length).toBeLessThanOrEqual(limit);
            expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(28 * 1024);
            items.push(...seqs(answer));
            gone.push(...answer.void);
            left = answer.more
              ? left.flatMap(([from, to]): [number, number][] =>
                  to > answer.to ? [[Math.max(from, answer.to + 1), to]] : [],
                )
              : [];
          }
          const lastOld = Math.max(all.lastIndexOf('old'), all.lastIndexOf('tombstone')) + 1;
          expect(items).toEqual(
            at(all, (what) => what === 'old' || what === 'young').filter(within),
          );
          const expected = all.flatMap((what, index) => {
            const seq = index + 1;
            const isVoid = what === 'tombstone' || (what === 'nothing' && seq < lastOld);
            return isVoid && within(seq) ? [seq] : [];
          });
          expect(gone).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('backwards covers the room, each place once, and writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(there, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(10, 12_000),
        async (all, limit, size) => {
          await fill(all, size);
          const items: number[] = [];
          const gone: number[] = [];
          let before: number | undefined;
          for (let more = true; more; ) {
            const page = await ask({ before, limit });
            expect(page.to).toBe((before ?? all.length + 1) - 1);
            items.unshift(...seqs(page));
            gone.unshift(...page.void);
            before = page.from;
            more = page.more;
          }
          expect(items).toEqual(at(all, (what) => what === 'old' || what === 'young'));
          expect(gone).toEqual(at(all, (what) => what === 'tombstone'));
        },
      ),
      { numRuns: 40 },
    );
  });
});
