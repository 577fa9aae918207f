// Saying hello: one connection of a client lives, it hears what it asked for, and nothing falls between subscribing and reading heads.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import type { ClientReplaced } from '../../../shared/src/events.ts';
import type { Welcome } from '../../../shared/src/protocol/frames.ts';
import { type Row, startAws, type TestAws } from '../../../tests/product/aws.ts';
import { heldAt } from '../../../tests/product/held.ts';
import {
  context,
  frameIn,
  handshake,
  helloEvent,
  routeEvent,
} from '../../../tests/product/sample.ts';
import { guestOfSecret } from '../guest.ts';
import { reconnectWindowMs } from '../hello/reconnect-window.ts';

const V1 = { 'Sec-WebSocket-Protocol': 'chat.v1' };
const { secret, clientId } = JSON.parse(routeEvent('hello').body ?? '') as Record<string, string>;
const { userId } = guestOfSecret(secret ?? '');
const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);

let aws: TestAws;
let connect: typeof import('./connect.ts').handler;
let handler: typeof import('./hello.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction');
  ({ handler: connect } = await import('./connect.ts'));
  ({ handler } = await import('./hello.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  logged.mockClear();
  warned.mockClear();
  await aws.reset();
});

const enter = (id: string, headers: Record<string, string> = V1) =>
  connect(handshake(id, headers), context());
const hello = async (id: string, fields: Record<string, unknown> = {}) =>
  frameIn(await handler(helloEvent(id, fields), context()));
const greet = async (id: string, fields: Record<string, unknown> = {}) => {
  await enter(id);
  return hello(id, fields);
};
const rows = () => aws.rows(aws.tables.connections);
const topicsOf = async (id: string) =>
  (await rows()).flatMap(({ pk, sk }) => (sk?.S === id ? [pk?.S] : [])).sort();
const lease = async () => (await rows()).find(({ sk }) => sk?.S === 'client');
const head = (room: string, fields: Record<string, string>) =>
  aws.put(aws.tables.messages, {
    room: { S: room },
    seq: { N: '0' },
    ...Object.fromEntries(Object.entries(fields).map(([name, N]) => [name, { N }])),
  });
const replacements = () => aws.entries.filter(({ DetailType }) => DetailType === 'ClientReplaced');
const replaced = () => replacements().map(({ Detail }) => JSON.parse(Detail) as ClientReplaced);

describe('welcome', () => {
  test('says who one is, up to where each room has been said, and how to keep and mend the line', async () => {
    await head('lobby', { head: '7', shards: '1' });
    const welcome = (await greet('c1=')) as Welcome;
    expect(welcome).toEqual({
      type: 'welcome',
      v: 1,
      userId,
      nickname: 'Ada',
      heads: { lobby: 7 },
      now: new Date(welcome.now).toISOString(),
      pingAfterMs: 30_000,
      leaseMs: 90_000,
      here: { lobby: [{ userId, nickname: 'Ada', online: true, at: expect.any(String) }] },
      spreadMs: 1_000,
    });
  });

  test('comes after the subscriptions are written, and its heads are read consistently', async () => {
    await enter('c1=');
    const calls: string[] = [];
    aws.script.dynamodb = (action, input) => {
      const text = JSON.stringify(input);
      if (action === 'BatchWriteItem' && text.includes('topic#')) calls.push('subscribe');
      if (action === 'BatchGetItem' && text.includes(aws.tables.messages)) {
        calls.push('heads');
        expect(text).toContain('"ConsistentRead":true');
      }
      return undefined;
    };
    await hello('c1=');
    expect(calls.lastIndexOf('heads')).toBeGreaterThan(calls.lastIndexOf('subscribe'));
    expect(calls).toContain('subscribe');
  });

  test('is the same user for the same secret on any connection, and another for another', async () => {
    const of = async (id: string, fields = {}) => ((await greet(id, fields)) as Welcome).userId;
    const first = await of('c1=');
    expect(first).toMatch(/^u_[\w-]{22}$/);
    expect(await of('c2=', { clientId: 'another-one' })).toBe(first);
    expect(await of('c3=', { secret: 'x'.repeat(43) })).not.toBe(first);
  });

  test('makes a name up where none is given', async () => {
    const { nickname } = (await greet('c1=', { nickname: undefined })) as Welcome;
    expect(nickname).toMatch(/^guest-[0-9a-f]{8}$/);
  });

  test('draws a bucket from the reserve of its user: one for each socket, and none for another hello on it', async () => {
    const reserve = async () => {
      const all = (await rows()).filter(({ sk }) => sk?.S === 'reserve');
      return all.map(({ pk, fullAt }) => ({ pk: pk?.S, fullAt: Number(fullAt?.N) }));
    };
    await greet('c1=');
    const [first] = await reserve();
    expect(first?.pk).toBe(`user#${userId}`);
    await hello('c1=', { rooms: ['tea'] });
    expect(await reserve()).toEqual([first]);
    await greet('c2=', { epoch: 2 });
    expect((await reserve())[0]?.fullAt).toBeGreaterThan(first?.fullAt ?? Number.POSITIVE_INFINITY);
  });

  test('takes a token for each room that a later hello on the socket enters or leaves, and none for a first', async () => {
    const taken: number[] = [];
    const everyMs = 1_000 / Number(process.env.MESSAGES_PER_SECOND);
    aws.script.dynamodb = (action, { UpdateExpression, ExpressionAttributeValues }) => {
      if (action === 'UpdateItem' && UpdateExpression === 'SET fullAt = fullAt + :ms')
        taken.push(Number((ExpressionAttributeValues as Row)[':ms']?.N) / everyMs);
      return undefined;
    };
    const names = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `room-${from + at}`);
    await greet('c1=', { rooms: names(0, 10) });
    await hello('c1=', { rooms: names(0, 10) });
    await hello('c1=', { rooms: undefined });
    expect(taken).toEqual([]);
    await hello('c1=', { rooms: ['lobby', ...names(4, 12)] });
    expect(taken).toEqual([6]);
  });

  test('keeps nothing of the secret, in any table or log', async () => {
    await greet('c1=');
    expect(JSON.stringify(await rows())).not.toContain(secret);
    expect(JSON.stringify([aws.entries, logged.mock.calls])).not.toContain(secret);
  });
});

describe('rooms', () => {
  test('are those that are named and no other; the lobby and all that were named before if none is', async () => {
    await greet('c1=', { rooms: ['tea', 'coffee', 'tea'] });
    expect(await topicsOf('c1=')).toEqual([
      'topic#room:coffee#0',
      'topic#room:tea#0',
      `topic#user:${userId}#0`,
    ]);
    await greet('c2=', { rooms: undefined, clientId: 'another-one' });
    expect(await topicsOf('c2=')).toEqual([
      'topic#room:coffee#0',
      'topic#room:lobby#0',
      'topic#room:tea#0',
      `topic#user:${userId}#0`,
    ]);
  });

  test('change with another hello on the same socket, and what is left is heard no more', async () => {
    await greet('c1=', { rooms: ['lobby', 'tea'] });
    expect(await hello('c1=', { rooms: ['tea', 'coffee'] })).toMatchObject({ type: 'welcome' });
    expect(await topicsOf('c1=')).toEqual([
      'topic#room:coffee#0',
      'topic#room:tea#0',
      `topic#user:${userId}#0`,
    ]);
    expect(replacements()).toEqual([]);
  });

  test('stay in the shard that was drawn for them, though the room grows', async () => {
    await head('lobby', { shards: '4' });
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.6);
    await greet('c1=');
    await head('lobby', { shards: '8' });
    random.mockReturnValue(0.9);
    await hello('c1=');
    random.mockRestore();
    expect(await topicsOf('c1=')).toContain('topic#room:lobby#2');
    expect(await topicsOf('c1=')).toHaveLength(2);
  });

  test('of a plain client that says hello are no longer marked plain', async () => {
    await enter('c1=', {});
    await hello('c1=');
    const mine = (await rows()).filter(({ sk }) => sk?.S === 'c1=');
    expect(mine.filter(({ plain }) => plain !== undefined)).toEqual([]);
    expect(mine).toHaveLength(2);
  });
});

describe('a socket belongs to one user', () => {
  const others = { secret: 'x'.repeat(43), clientId: 'client-of-another' };
  const { userId: other } = guestOfSecret(others.secret);
  const ownerOf = async (id: string) =>
    (await rows()).find(({ pk }) => pk?.S === `connection#${id}`)?.userId?.S;

  test('for its whole life: a hello as somebody else is refused and changes nothing', async () => {
    await greet('c1=');
    // Every frame takes a token; nothing else is written.
    const written = async () => (await rows()).map(({ fullAt: _, ...row }) => row);
    const before = await written();
    expect(await hello('c1=', others)).toMatchObject({ code: 'ConnectionTaken', retry: false });
    expect(await written()).toEqual(before);
    expect(await hello('c1=')).toMatchObject({ type: 'welcome', userId });
  });

  test('a plain client becomes the user of its secret once, and nobody else after it', async () => {
    await enter('c1=', {});
    expect(await hello('c1=')).toMatchObject({ type: 'welcome', userId });
    expect(await hello('c1=', others)).toMatchObject({ code: 'ConnectionTaken' });
    expect(await topicsOf('c1=')).toEqual(['topic#room:lobby#0', `topic#user:${userId}#0`]);
  });

  test.each([V1, {}])(
    'of two users whose hellos race one is welcome, wherever they meet: %j',
    async (headers) => {
      for (let at = 0; ; at += 1) {
        await aws.reset();
        await enter('c1=', headers);
        const { under, release } = await heldAt(aws, at, () => hello('c1='));
        const second = await hello('c1=', others);
        release?.();
        const answers = [await under, second] as Welcome[];
        const welcome = answers.filter(({ type }) => type === 'welcome');
        expect([at, welcome.length]).toEqual([at, 1]);
        const winner = welcome[0]?.userId ?? '';
        expect([userId, other]).toContain(winner);
        expect([at, await ownerOf('c1=')]).toEqual([at, winner]);
        expect(await topicsOf('c1=')).toEqual(['topic#room:lobby#0', `topic#user:${winner}#0`]);
        if (release === undefined) break;
      }
    },
  );

  test('that lost the race ends nobody else’s socket when its client comes again', async () => {
    await enter('c1=');
    const { under, release } = await heldAt(aws, 3, () => hello('c1=', others));
    await hello('c1=');
    release?.();
    expect(await under).toMatchObject({ code: 'Busy', retry: true });
    expect(await greet('c2=', { ...others, epoch: 99 })).toMatchObject({ type: 'welcome' });
    expect(replaced()).toEqual([]);
  });

  test('draws one bucket: a throw-away hello before it brings no second', async () => {
    const drawn = async () =>
      (await rows()).filter(({ sk }) => sk?.S === 'reserve').map(({ pk }) => pk?.S);
    await greet('c1=', others);
    await hello('c1=');
    expect(await drawn()).toEqual([`user#${other}`]);
  });
});

describe('of two connections of one client', () => {
  test('a higher epoch replaces the older, whose end is put on the bus', async () => {
    await greet('old=', { epoch: 1 });
    expect(await greet('new=', { epoch: 2 })).toMatchObject({ type: 'welcome' });
    expect(replacements()).toMatchObject([
      { Source: 'chat.api', DetailType: 'ClientReplaced', EventBusName: aws.bus },
    ]);
    expect(replaced()).toEqual([{ connectionId: 'old=', userId, clientId, epoch: 2 }]);
    expect(await lease()).toMatchObject({ epoch: { N: '2' }, connectionId: { S: 'new=' } });
  });

  test.each([
    ['a lower epoch', 1],
    ['the same epoch', 2],
  ])('%s is told that it is replaced, hears nothing, and is ended', async (_, epoch) => {
    await greet('first=', { epoch: 2 });
    expect(await greet('late=', { epoch })).toEqual({ type: 'replaced', epoch: 2 });
    expect(replaced()).toEqual([{ connectionId: 'late=', userId, clientId, epoch: 2 }]);
    expect(await topicsOf('late=')).toEqual([]);
    expect(await lease()).toMatchObject({ connectionId: { S: 'first=' } });
  });

  test('the same socket may say hello again with its epoch, but not with a lower one', async () => {
    await greet('c1=', { epoch: 5 });
    expect(await hello('c1=', { epoch: 5 })).toMatchObject({ type: 'welcome' });
    expect(replacements()).toEqual([]);
    expect(await hello('c1=', { epoch: 4 })).toEqual({ type: 'replaced', epoch: 5 });
  });

  test('racing hellos leave one lease, of the highest epoch, and every other is ended', async () => {
    const epochs = [3, 1, 4, 2, 5];
    for (const epoch of epochs) await enter(`e${epoch}=`);
    await Promise.all(epochs.map((epoch) => hello(`e${epoch}=`, { epoch })));
    expect(await lease()).toMatchObject({ epoch: { N: '5' }, connectionId: { S: 'e5=' } });
    const ended = new Set(replaced().map(({ connectionId }) => connectionId));
    expect([...ended].sort()).toEqual(['e1=', 'e2=', 'e3=', 'e4=']);
  });

  test('one that has ended already is not ended again', async () => {
    await greet('old=', { epoch: 1 });
    const { deleteConnection } = await import('../../../shared/src/store/connections.ts');
    await deleteConnection('old=');
    await greet('new=', { epoch: 2 });
    expect(replacements()).toEqual([]);
  });

  test('the older is ended though the newer failed before it could say so', async () => {
    await greet('a=', { epoch: 1 });
    await enter('b=');
    aws.script.events = () => new AwsError('InternalException', 'no', 400);
    expect(await hello('b=', { epoch: 2 })).toMatchObject({ code: 'Busy', retry: true });
    aws.script.events = () => undefined;
    aws.entries.length = 0;
    await greet('c=', { epoch: 3 });
    expect(
      replaced()
        .map(({ connectionId }) => connectionId)
        .sort(),
    ).toEqual(['a=', 'b=']);
  });

  test('I13: the first is ended though the two after it failed, and each named once is not named again', async () => {
    await greet('a=', { epoch: 1 });
    aws.script.events = () => new AwsError('InternalException', 'no', 400);
    for (const [id, epoch] of [
      ['b=', 2],
      ['c=', 3],
    ] as const)
      await greet(id, { epoch });
    aws.script.events = () => undefined;
    aws.entries.length = 0;
    await greet('d=', { epoch: 4 });
    const ended = () => replaced().map(({ connectionId }) => connectionId);
    expect(ended().sort()).toEqual(['a=', 'b=', 'c=']);
    await greet('e=', { epoch: 5 });
    expect(ended().sort()).toEqual(['a=', 'b=', 'c=', 'd=']);
  });

  test.each(['BatchWriteItem', 'BatchGetItem'])(
    'the older stays while the newer is not welcome: %s fails after it took the lease',
    async (action) => {
      await greet('old=', { epoch: 1 });
      await enter('new=');
      aws.script.dynamodb = (called) =>
        called === action ? new AwsError('AccessDeniedException', 'no') : undefined;
      expect(await hello('new=', { epoch: 2 })).toMatchObject({ type: 'error', retry: true });
      expect(replaced()).toEqual([]);
      aws.script.dynamodb = () => undefined;
      expect(await hello('new=', { epoch: 2 })).toMatchObject({ type: 'welcome' });
      expect(replaced()).toMatchObject([{ connectionId: 'old=', epoch: 2 }]);
    },
  );

  test('the newer is welcome though the lease cannot be told that the older are ended', async () => {
    await greet('old=', { epoch: 1 });
    await enter('new=');
    aws.script.dynamodb = (_, input) =>
      JSON.stringify(input).includes('DELETE connections')
        ? new AwsError('AccessDeniedException', 'no')
        : undefined;
    expect(await hello('new=', { epoch: 2 })).toMatchObject({ type: 'welcome' });
    expect(warned).toHaveBeenCalled();
    expect(logged).not.toHaveBeenCalled();
  });

  test('one is welcome though the bus takes no word of it, which no alarm counts', async () => {
    await enter('c1=');
    aws.script.events = () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttling' }] });
    expect(await hello('c1=')).toMatchObject({ type: 'welcome' });
    expect(warned).toHaveBeenCalledWith(
      expect.objectContaining({ message: 'presence event was not published' }),
    );
    expect(logged).not.toHaveBeenCalled();
  });

  test('a lease that has run out binds nobody, though its row still stands', async () => {
    await greet('old=', { epoch: 9 });
    await aws.put(aws.tables.connections, { ...(await lease()), expiresAt: { N: '1' } });
    expect(await greet('new=', { epoch: 1 })).toMatchObject({ type: 'welcome' });
  });

  test("another user's client of the same id is another client", async () => {
    await greet('mine=', { epoch: 1 });
    await greet('theirs=', { epoch: 9, secret: 'x'.repeat(43) });
    expect(replacements()).toEqual([]);
  });
});

describe('nobody is let in', () => {
  test('who speaks another version', async () => {
    await enter('c1=');
    expect(await hello('c1=', { v: 2, secret: undefined })).toMatchObject({
      code: 'UnsupportedVersion',
      retry: false,
    });
  });

  test('whose connection is not known (any more)', async () => {
    expect(await hello('nobody=')).toMatchObject({ code: 'NotConnected', ref: null });
    expect(await rows()).toEqual([]);
  });

  test('while a table fails; nothing of it is told', async () => {
    await enter('c1=');
    aws.script.dynamodb = (action) =>
      action === 'UpdateItem' ? new AwsError('AccessDeniedException', 'arn:secret') : undefined;
    const answer = await hello('c1=');
    expect(answer).toMatchObject({ code: 'Internal', retry: true });
    expect(JSON.stringify(answer)).not.toContain('arn:secret');
  });
});

describe('the spread', () => {
  test.each([
    [0, 1_000],
    [350, 1_000],
    [3_500, 10_000],
    [10_000, 28_571],
    [1_000_000, 60_000],
  ])('of %d connections is %d ms', (connections, ms) => {
    expect(reconnectWindowMs(connections)).toBe(ms);
  });

  test('grows with the hellos of this hour and the two before', async () => {
    await greet('c1=');
    const counted = (await rows()).find(({ sk }) => sk?.S === 'arrivals');
    expect(counted).toMatchObject({ arrivals: { N: '1' } });
    await aws.put(aws.tables.connections, { ...counted, arrivals: { N: '7000' } });
    const { spreadMs } = (await greet('c2=', { epoch: 2 })) as Welcome;
    expect(spreadMs).toBeGreaterThanOrEqual(20_000);
  });

  test('counts a client once, however often it says hello', async () => {
    for (const epoch of [1, 2, 3]) await greet(`c${epoch}=`, { epoch });
    await hello('c3=', { epoch: 3, rooms: ['tea'] });
    await greet('d=', { clientId: 'another-one' });
    const counted = (await rows()).find(({ sk }) => sk?.S === 'arrivals');
    expect(counted).toMatchObject({ arrivals: { N: '2' } });
  });

  test('counts a client whose hello failed after it was counted rather twice than not at all', async () => {
    await enter('c1=');
    aws.script.dynamodb = (_, input) =>
      JSON.stringify(input).includes('SET came')
        ? new AwsError('AccessDeniedException', 'no')
        : undefined;
    expect(await hello('c1=')).toMatchObject({ type: 'welcome' });
    aws.script.dynamodb = () => undefined;
    await hello('c1=');
    const counted = (await rows()).find(({ sk }) => sk?.S === 'arrivals');
    expect(counted).toMatchObject({ arrivals: { N: '2' } });
  });

  test('is the widest where nobody can count, and the hello is answered all the same', async () => {
    await enter('c1=');
    aws.script.dynamodb = (action, input) =>
      action === 'UpdateItem' && JSON.stringify(input).includes('arrivals#')
        ? new AwsError('ThrottlingException', 'no')
        : undefined;
    expect(await hello('c1=')).toMatchObject({ type: 'welcome', spreadMs: 60_000 });
    expect(warned).toHaveBeenCalled();
    expect(logged).not.toHaveBeenCalled();
  });
});
