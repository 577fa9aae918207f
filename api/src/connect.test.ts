// The handshake: who is let in, what is written of them, and that a failing table lets nobody in.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../local/aws-error.ts';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { context, type Handshake, handshake, sample } from '../../tests/product/sample.ts';
import { guestOf } from './guest.ts';

const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
let aws: TestAws;
let handler: typeof import('./connect.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction');
  ({ handler } = await import('./connect.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  logged.mockClear();
  await aws.reset();
});

const connect = (headers: Record<string, string>) => handler(handshake('c1=', headers), context());
const rows = () => aws.rows(aws.tables.connections);
const owner = async () => (await rows()).find((row) => row.sk?.S === 'connection');
const topics = async () =>
  (await rows()).flatMap(({ pk }) => (pk?.S?.startsWith('topic#') ? [pk.S] : [])).sort();

describe('a client that offers chat.v1', () => {
  test('is let in with the subprotocol echoed, and its rows are written', async () => {
    const event = sample<Handshake>('api/events/connect.json');
    expect(await handler(event, context())).toEqual({
      statusCode: 200,
      headers: { 'Sec-WebSocket-Protocol': 'chat.v1' },
    });
    const { connectionId } = event.requestContext;
    const { userId, nickname } = guestOf(connectionId);
    expect(await owner()).toMatchObject({
      pk: { S: `connection#${connectionId}` },
      userId: { S: userId },
      nickname: { S: nickname },
      protocol: { S: 'v1' },
    });
  });

  test('hears nothing until it has said hello', async () => {
    await connect({ 'Sec-WebSocket-Protocol': 'chat.v1' });
    expect(await topics()).toEqual([]);
    expect(await owner()).not.toHaveProperty('clientId');
  });

  test.each([
    ['in lower case', { 'sec-websocket-protocol': 'chat.v1' }],
    ['in upper case', { 'SEC-WEBSOCKET-PROTOCOL': 'chat.v1' }],
    ['among others', { 'Sec-WebSocket-Protocol': 'graphql-ws , chat.v1' }],
  ])('is known %s', async (_, headers) => {
    expect(await connect(headers)).toHaveProperty('headers');
    expect((await owner())?.protocol).toEqual({ S: 'v1' });
  });
});

describe('a plain client', () => {
  test.each([
    ['offers nothing', {}],
    ['offers a protocol of others', { 'Sec-WebSocket-Protocol': 'graphql-ws' }],
    ['names chat.v1 elsewhere', { 'X-Protocol': 'chat.v1' }],
  ])('%s, and is let in with no subprotocol', async (_, headers: Record<string, string>) => {
    expect(await connect(headers)).toEqual({ statusCode: 200 });
    expect((await owner())?.protocol).toEqual({ S: 'plain' });
    const { userId } = guestOf('c1=');
    expect(await topics()).toEqual(['topic#room:lobby#0', `topic#user:${userId}#0`]);
  });

  test('comes without any headers when the function is invoked by hand', async () => {
    const { headers: _, multiValueHeaders: __, ...event } = handshake('c1=', {});
    expect(await handler(event as Handshake, context())).toEqual({ statusCode: 200 });
  });
});

describe('a page', () => {
  test('whose origin is not listed is refused with 403, and nothing is written', async () => {
    for (const Origin of ['null', 'https://chat.example.com.evil.example'])
      expect(await connect({ Origin })).toEqual({ statusCode: 403 });
    expect(await rows()).toEqual([]);
  });

  test('whose origin is listed is let in', async () => {
    expect(await connect({ Origin: 'https://chat.example.com' })).toEqual({ statusCode: 200 });
  });
});

describe('a client of versions that are not spoken here', () => {
  test.each(['chat.v2', 'chat.v10', 'chat.v2, chat.v3'])(
    'that offers %s is refused with 400, and nothing is written',
    async (offer) => {
      expect(await connect({ 'Sec-WebSocket-Protocol': offer })).toEqual({ statusCode: 400 });
      expect(await rows()).toEqual([]);
    },
  );

  test('that also offers chat.v1 is let in with it', async () => {
    expect(await connect({ 'Sec-WebSocket-Protocol': 'chat.v2, chat.v1' })).toEqual({
      statusCode: 200,
      headers: { 'Sec-WebSocket-Protocol': 'chat.v1' },
    });
  });
});

describe("the lobby's shards", () => {
  test.each([
    [0, 0],
    [0.5, 2],
    [0.999, 3],
  ])('of four, chance %d picks number %d', async (chance, shard) => {
    await aws.put(aws.tables.messages, {
      room: { S: 'lobby' },
      seq: { N: '0' },
      shards: { N: '4' },
    });
    const random = jest.spyOn(Math, 'random').mockReturnValue(chance);
    await connect({});
    random.mockRestore();
    expect(await topics()).toContain(`topic#room:lobby#${shard}`);
    expect((await owner())?.subscriptions?.S).toContain(`"shard":${shard}`);
  });
});

describe('a failing table', () => {
  test.each(['GetItem', 'BatchWriteItem'])('refuses the handshake at %s', async (failing) => {
    aws.script.dynamodb = (action) =>
      action === failing ? new AwsError('AccessDeniedException', 'no') : undefined;
    await expect(connect({})).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await rows()).toEqual([]);
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({ route: '$connect', connectionId: 'c1=' }),
    );
  });
});

describe('a guest', () => {
  test('is named after its connection, always the same, and does not give the connection away', () => {
    const guest = guestOf('c1=');
    expect(guestOf('c1=')).toEqual(guest);
    expect(guestOf('c2=').userId).not.toBe(guest.userId);
    expect(guest.userId).toMatch(/^guest-[0-9a-f]{24}$/);
    expect(guest.userId.startsWith(guest.nickname)).toBe(true);
    const names = Array.from({ length: 5_000 }, (_, at) => guestOf(`c${at}=`).nickname);
    expect(new Set(names).size).toBe(5_000);
    expect(JSON.stringify(guest)).not.toContain('c1=');
  });
});
