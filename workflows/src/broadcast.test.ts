// Broadcast from end to end: real rows, recorded posts, and what the state machine is answered.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { context, sample } from '../../tests/product/sample.ts';
import type { BroadcastInput, SmallInput } from './broadcast.ts';

const input = () => sample<BroadcastInput>('workflows/events/broadcast.json');
const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
const QUIET = { gone: 0, closed: 0, failed: 0, throttled: 0, cursor: null, grow: null };

let aws: TestAws;
let connections: typeof import('../../shared/src/store/connections.ts');
let handler: typeof import('./broadcast.ts').handler;

beforeAll(async () => {
  aws = await startAws('BroadcastFunction');
  connections = await import('../../shared/src/store/connections.ts');
  ({ handler } = await import('./broadcast.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  logged.mockClear();
  warned.mockClear();
  await aws.reset();
});

const join = (ids: string[], topic = 'room:lobby', shard = 0) =>
  Promise.all(
    ids.map((connectionId) =>
      connections.createConnection({
        connectionId,
        userId: `user-${connectionId}`,
        nickname: 'somebody',
        protocol: 'v1',
        subscriptions: [{ topic, shard }],
      }),
    ),
  );
const spread = (shards: number) =>
  aws.put(aws.tables.messages, {
    ...{ room: { S: 'lobby' }, seq: { N: '0' } },
    shards: { N: String(shards) },
  });
const told = () => aws.posts.map(({ connectionId }) => connectionId).sort();
const rowsOf = async (id: string) =>
  (await aws.rows(aws.tables.connections)).filter((row) => JSON.stringify(row).includes(id));

describe('a stored message', () => {
  test('reaches every connection of the shard, its sender too, with its place', async () => {
    await join(['a=', 'b=']);
    await join(['elsewhere='], 'room:lobby', 1);
    expect(await handler(input(), context())).toEqual({ ...QUIET, delivered: 2 });
    expect(told()).toEqual(['a=', 'b=']);
    expect(aws.posts[0]?.frame).toEqual({
      type: 'message',
      room: 'lobby',
      seq: 1,
      messageId: '019b78f6-1a40-7c3e-9d52-6f0e8b1a7c45',
      userId: 'guest-0a1b2c3d4e5f60718293a4b5',
      nickname: 'guest-0a1b2c3d',
      message: 'Hello, everybody!',
      timestamp: '2026-01-01T10:00:05.000Z',
      connectionId: '3duV2mXdBQweLa0q',
    });
    expect(new Set(aws.posts.map(({ frame }) => JSON.stringify(frame))).size).toBe(1);
  });

  test('of an event that names a connection by its id tells nobody the id', async () => {
    await join(['a=']);
    const { senderTag: _, ...message } = input().message ?? {};
    const sent = { ...message, connectionId: 'raw=' };
    await handler({ ...input(), message: sent, sent } as BroadcastInput, context());
    expect(JSON.stringify(aws.posts[0]?.frame)).not.toContain('raw=');
  });

  test('that another program said names no connection', async () => {
    await join(['a=']);
    const { senderTag: _, ...message } = input().message ?? {};
    await handler({ ...input(), message } as BroadcastInput, context());
    expect(aws.posts[0]?.frame).not.toHaveProperty('connectionId');
  });

  test('that was stored before names the connection of the event that asked for it again', async () => {
    await join(['a=']);
    const { senderTag: _, ...message } = input().message ?? {};
    const sent = { ...input().message, senderTag: 'again' };
    await handler({ ...input(), message, sent } as BroadcastInput, context());
    expect(aws.posts[0]?.frame).toMatchObject({ connectionId: 'again' });
  });

  test('that nobody hears is told to nobody', async () => {
    expect(await handler(input(), context())).toEqual({ ...QUIET, delivered: 0 });
    expect(aws.posts).toEqual([]);
  });
});

describe('a frame of a rule', () => {
  test('goes out as it stands, and to no plain client', async () => {
    await join(['a=']);
    await connections.createConnection({
      connectionId: 'plain=',
      userId: 'guest-1',
      nickname: 'somebody',
      protocol: 'plain',
      subscriptions: [{ topic: 'room:lobby', shard: 0 }],
    });
    const frame = {
      type: 'pong',
      now: '2026-01-01T10:00:05.000Z',
      heads: {},
      present: {},
    } as const;
    const result = await handler({ topic: 'room:lobby', shard: 0, frame }, context());
    expect(result).toEqual({ ...QUIET, delivered: 1 });
    expect(aws.posts).toEqual([{ method: 'POST', connectionId: 'a=', frame }]);
  });

  test('for several topics reaches each connection once, however many of them it hears', async () => {
    await join(['a=', 'b=']);
    const topics = ['room:tea', 'room:lobby'].map((topic) => ({ topic, shard: 0 }));
    const who = { userId: 'u_1', nickname: 'Ada', protocol: 'v1' as const };
    await connections.createConnection({ connectionId: 'c=', ...who, subscriptions: topics });
    const frame = { type: 'nickname', userId: 'u_1', nickname: 'Ada', at: '' } as const;
    const event = { topics: ['room:lobby', 'room:tea', 'room:empty'], frame };
    expect(await handler(event, context())).toEqual({ ...QUIET, delivered: 3 });
    expect(told()).toEqual(['a=', 'b=', 'c=']);
  });

  test('reaches a room that was a crowd once in all its shards', async () => {
    await spread(4);
    await join(['a=']);
    await join(['b=', 'c='], 'room:lobby', 3);
    const frame = { type: 'left', room: 'lobby' } as const;
    aws.script.connections = ({ connectionId }) =>
      connectionId === 'c=' ? new AwsError('GoneException', 'gone', 410) : undefined;
    expect(await handler({ topics: ['room:lobby'], frame }, context())).toEqual({
      ...{ ...QUIET, delivered: 2, gone: 1 },
    });
    expect(await rowsOf('c=')).toEqual([]);
  });
});

describe('who types', () => {
  const typing = (until = Date.now() + 60_000): SmallInput => ({
    topics: ['room:lobby'],
    frame: { type: 'typing', room: 'lobby', userId: 'u_ann', nickname: 'Ann', on: true },
    until,
  });

  test('is told to the room', async () => {
    await join(['a=', 'b=']);
    expect(await handler(typing(), context())).toEqual({ ...QUIET, delivered: 2 });
  });

  test('is told to nobody when the word had to wait', async () => {
    await join(['a=']);
    expect(await handler(typing(Date.now() - 1), context())).toEqual({ ...QUIET, delivered: 0 });
    expect(aws.posts).toEqual([]);
  });

  test('is told to nobody in a crowd', async () => {
    await join(Array.from({ length: 101 }, (_, at) => `c${at}=`));
    expect(await handler(typing(), context())).toEqual({ ...QUIET, delivered: 0 });
  });

  test('is told to nobody in a crowd of which no shard is one', async () => {
    await spread(2);
    await join(Array.from({ length: 60 }, (_, at) => `c${at}=`));
    await join(
      Array.from({ length: 41 }, (_, at) => `d${at}=`),
      'room:lobby',
      1,
    );
    expect(await handler(typing(), context())).toEqual({ ...QUIET, delivered: 0 });
  });

  test('is dropped for the whole room at a 429: not tried again, nobody closed', async () => {
    await join(Array.from({ length: 90 }, (_, at) => `c${at}=`));
    aws.script.connections = () => new AwsError('LimitExceededException', 'slowly', 429);
    expect(await handler(typing(), context())).toEqual({ ...QUIET, delivered: 0, throttled: 90 });
    // Those that were under way at the first 429, and no more.
    expect(aws.posts.length).toBeLessThanOrEqual(64);
    expect(new Set(aws.posts.map(({ method }) => method))).toEqual(new Set(['POST']));
  });

  test('is not given back to Lambda, which would try it again', async () => {
    aws.script.dynamodb = () => new AwsError('AccessDeniedException', 'no');
    expect(await handler(typing(), context())).toEqual({ ...QUIET, delivered: 0 });
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ frame: 'typing' }));
  });
});

describe('an error', () => {
  test("is told to its sender's topic alone, and says whether to try again", async () => {
    await join(['a=']);
    await join(['me='], 'user:me');
    const error = { ref: 'm1', code: 'MessageIdReused' } as const;
    await handler({ topic: 'user:me', shard: 0, error }, context());
    expect(aws.posts).toEqual([
      {
        method: 'POST',
        connectionId: 'me=',
        frame: expect.objectContaining({ type: 'error', ...error, retry: false }),
      },
    ]);
  });
});

describe('recipients', () => {
  test('that are gone lose their rows, and nobody else does', async () => {
    await join(['a=', 'b=', 'c=']);
    aws.script.connections = ({ connectionId }) =>
      connectionId === 'b=' ? new AwsError('GoneException', 'gone', 410) : undefined;
    expect(await handler(input(), context())).toEqual({ ...QUIET, delivered: 2, gone: 1 });
    expect(await rowsOf('b=')).toEqual([]);
    expect(await rowsOf('a=')).toHaveLength(2);
    expect(await rowsOf('c=')).toHaveLength(2);
  });

  test('that are throttled once hear it nevertheless', async () => {
    await join(['a=']);
    const answers = [new AwsError('LimitExceededException', 'slowly', 429)];
    aws.script.connections = () => answers.shift();
    expect(await handler(input(), context())).toEqual({ ...QUIET, delivered: 1 });
    expect(told()).toEqual(['a=', 'a=']);
  });

  test('that stay throttled are neither closed nor tried for ever: one number is logged', async () => {
    await join(['a=']);
    aws.script.connections = () => new AwsError('LimitExceededException', 'slowly', 429);
    expect(await handler(input(), context())).toEqual({ ...QUIET, delivered: 0, throttled: 1 });
    expect(told()).toEqual(Array(5).fill('a='));
    expect(warned.mock.calls).toEqual([[{ message: expect.any(String), throttled: 1 }]]);
    expect(await rowsOf('a=')).toHaveLength(2);
  });

  test('that never read are no reason for an alarm, which is about the account', async () => {
    await join([...Array.from({ length: 100 }, (_, at) => `c${at}=`), 'z=']);
    aws.script.connections = ({ connectionId }) =>
      connectionId === 'z=' ? new AwsError('LimitExceededException', 'slowly', 429) : undefined;
    expect(await handler(input(), context())).toEqual({ ...QUIET, delivered: 100, throttled: 1 });
    expect(warned).not.toHaveBeenCalled();
  });

  test('that refuse are closed', async () => {
    await join(['a=']);
    aws.script.connections = ({ method }) =>
      method === 'POST' ? new AwsError('PayloadTooLargeException', 'no', 413) : undefined;
    expect(await handler(input(), context())).toEqual({ ...QUIET, delivered: 0, closed: 1 });
    expect(aws.posts.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  });

  test('that can neither be told nor closed are logged, without what they should have heard', async () => {
    await join(['a=']);
    aws.script.connections = () => new AwsError('ForbiddenException', 'no', 403);
    expect(await handler(input(), context())).toEqual({ ...QUIET, delivered: 0, failed: 1 });
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({ topic: 'room:lobby', failed: 1 }),
    );
    expect(JSON.stringify(logged.mock.calls)).not.toContain(input().message?.text);
  });

  test('that are gone are said to be, if their user was somewhere', async () => {
    const subscriptions = [{ topic: 'room:lobby', shard: 0 }];
    const ann = { connectionId: 'ann=', userId: 'u_ann', nickname: 'Ann', protocol: 'v1' as const };
    await connections.createConnection({ ...ann, clientId: 'client-1', subscriptions });
    await join(['before-its-hello=']);
    aws.script.connections = () => new AwsError('GoneException', 'gone', 410);
    expect(await handler(input(), context())).toMatchObject({ gone: 2 });
    await handler(input(), context());
    expect(aws.entries.map(({ Source, DetailType }) => [Source, DetailType])).toEqual([
      ['chat.workflows', 'ConnectionGone'],
    ]);
    expect(JSON.parse(aws.entries[0]?.Detail ?? '{}')).toMatchObject({
      ...{ connectionId: 'ann=', userId: 'u_ann', nickname: 'Ann' },
      ...{ rooms: ['lobby'], isLapsed: false },
    });
  });

  test('that are gone but cannot be forgotten do not make it tell everybody again', async () => {
    await join(['a=', 'b=']);
    aws.script.connections = ({ connectionId }) =>
      connectionId === 'b=' ? new AwsError('GoneException', 'gone', 410) : undefined;
    aws.script.dynamodb = (action) =>
      action === 'BatchWriteItem' ? new AwsError('ValidationException', 'no') : undefined;
    expect(await handler(input(), context())).toMatchObject({ delivered: 1, gone: 1 });
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ left: 1 }));
  });
});

describe('a run', () => {
  /** Five seconds are kept back: with four left, time is up. Middy looks first. */
  const short = () => {
    const left = [60_000];
    return context(() => left.shift() ?? 4_000);
  };

  test('that runs out of time answers a cursor, from which the next goes on', async () => {
    const all = Array.from({ length: 100 }, (_, at) => `c${String(at).padStart(2, '0')}=`);
    await join(all);
    const first = await handler(input(), short());
    expect(first.delivered).toBeLessThan(100);
    expect(first).toMatchObject({ cursor: { told: first.delivered }, grow: null });
    const second = await handler({ ...input(), cursor: first.cursor }, context());
    expect(second).toEqual({ ...QUIET, delivered: 100 - first.delivered });
    expect(told()).toEqual(all);
  });

  test('that ends throttled, after one that did, answers no cursor', async () => {
    const all = Array.from({ length: 100 }, (_, at) => `c${String(at).padStart(2, '0')}=`);
    await join(all);
    // One 429, then no time: half of the account's posts are somebody else's.
    const throttleOnce = () => {
      const answers = [new AwsError('LimitExceededException', 'slowly', 429)];
      aws.script.connections = () => answers.shift();
    };
    throttleOnce();
    const first = await handler(input(), short());
    expect(first.cursor).toMatchObject({ wasThrottled: true });
    expect(first.throttled).toBeGreaterThan(0);
    throttleOnce();
    const second = await handler({ ...input(), cursor: first.cursor }, short());
    expect(second).toMatchObject({ cursor: null, closed: 0 });
    expect([first, second].reduce((sum, run) => sum + run.delivered + run.throttled, 0)).toBe(100);
  });

  test('whose table cannot be read rejects, so that the state machine tries again', async () => {
    aws.script.dynamodb = () => new AwsError('AccessDeniedException', 'no');
    await expect(handler(input(), context())).rejects.toThrow('no');
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({
        topic: 'room:lobby',
        shard: 0,
        messageId: input().message?.messageId,
      }),
    );
  });

  test.each([
    ['neither a message nor an error', {}],
    ['a message without its place', { message: input().message }],
  ])('with %s rejects', async (_, what) => {
    await join(['a=']);
    const bad = { topic: 'room:lobby', shard: 0, ...what } as BroadcastInput;
    await expect(handler(bad, context())).rejects.toThrow(TypeError);
    expect(aws.posts).toEqual([]);
  });
});

describe('a shard', () => {
  /** Told so many before, and one more in this run. */
  const growth = async (before: number, shard: number, shards?: string) => {
    await join(['z='], 'room:lobby', shard);
    const cursor = { from: 'a=', told: before };
    const { shards: _, ...rest } = input();
    const more = shards === undefined ? {} : { shards };
    return (await handler({ ...rest, ...more, shard, cursor }, context())).grow;
  };

  test.each([
    ['of 10,000 connections is left as it is', 9_999, 0, '1', null],
    ['of more is doubled', 10_000, 0, '1', { from: '1', to: '2' }],
    ['that the last doubling made asks for the next', 10_000, 2, '4', { from: '4', to: '8' }],
    ['that was there before does not: doubling moves nobody', 10_000, 1, '4', null],
    ['is doubled up to 32', 10_000, 31, '32', null],
    ['of a topic that does not grow is left as it is', 10_000, 0, undefined, null],
  ])('%s', async (_, before, shard, shards, grow) => {
    expect(await growth(before, shard, shards)).toEqual(grow);
  });
});
