// The handshake: who is let in, what is written of them, and that a failing table lets nobody in.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { context, type Handshake, handshake, sample } from '../../../tests/product/sample.ts';
import { guestOfConnection } from '../guest.ts';

const PER_ADDRESS = 3;

const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
let aws: TestAws;
let handler: typeof import('./connect.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction');
  process.env.CONNECTIONS_PER_ADDRESS = String(PER_ADDRESS);
  ({ handler } = await import('./connect.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  logged.mockClear();
  await aws.reset();
});

const connect = (headers: Record<string, string>) => handler(handshake('c1=', headers), context());
const rows = () => aws.rows(aws.tables.connections);
/** What is written of clients; how many handshakes there were is not. */
const clientRows = async () =>
  (await rows()).filter(({ pk }) => pk?.S?.startsWith('handshakes#') === false);
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
    const { userId, nickname } = guestOfConnection(connectionId);
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
    const { userId } = guestOfConnection('c1=');
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

describe('an address', () => {
  const NOON_MS = Date.UTC(2026, 5, 1, 12, 30);
  const HOUR_MS = 60 * 60 * 1000;
  /** Each handshake is of a connection of its own; none of them ever ends. */
  let connections = 0;
  const from = async (
    sourceIp: string,
    { at = NOON_MS, ...headers }: { at?: number; Origin?: string } = {},
  ) => {
    connections += 1;
    const event = handshake(`c${connections}=`, headers);
    event.requestContext.identity.sourceIp = sourceIp;
    const now = jest.spyOn(Date, 'now').mockReturnValue(at);
    try {
      return ((await handler(event, context())) as { statusCode: number }).statusCode;
    } finally {
      now.mockRestore();
    }
  };
  const fill = async (sourceIp: string, at = NOON_MS) => {
    for (let n = 0; n < PER_ADDRESS; n += 1) expect(await from(sourceIp, { at })).toBe(200);
  };
  const calls = (): string[] => {
    const made: string[] = [];
    aws.script.dynamodb = (action) => {
      made.push(action);
      return undefined;
    };
    return made;
  };

  test('that has made its handshakes of this hour is refused with 429, by one call and no other', async () => {
    await fill('203.0.113.7');
    const before = await clientRows();
    const made = calls();
    expect(await from('203.0.113.7')).toBe(429);
    expect(made).toEqual(['UpdateItem']);
    expect(await clientRows()).toEqual(before);
  });

  test('keeps no other out', async () => {
    await fill('203.0.113.7');
    expect(await from('203.0.113.8')).toBe(200);
  });

  test('of IPv6 is one with all of its /64, and one mapped from IPv4 is that', async () => {
    await fill('2001:db8::1');
    expect(await from('2001:db8:0:0:ffff::9')).toBe(429);
    expect(await from('2001:db8:0:1::1')).toBe(200);
    await fill('::ffff:198.51.100.1');
    expect(await from('198.51.100.1')).toBe(429);
  });

  test('comes in again in the next clock hour', async () => {
    await fill('203.0.113.7', NOON_MS);
    expect(await from('203.0.113.7', { at: NOON_MS + HOUR_MS / 2 - 1 })).toBe(429);
    expect(await from('203.0.113.7', { at: NOON_MS + HOUR_MS / 2 })).toBe(200);
  });

  test('is what API Gateway says, whatever a header claims', async () => {
    await fill('203.0.113.7');
    const event = handshake('c0=', { 'X-Forwarded-For': '198.51.100.9' });
    event.requestContext.identity.sourceIp = '203.0.113.7';
    const now = jest.spyOn(Date, 'now').mockReturnValue(NOON_MS);
    expect(await handler(event, context())).toEqual({ statusCode: 429 });
    now.mockRestore();
  });

  test('stands in no row, and its count expires with the hour', async () => {
    await fill('203.0.113.7');
    const counted = (await rows()).filter(({ pk }) => pk?.S?.startsWith('handshakes#'));
    expect(counted).toEqual([
      {
        pk: { S: expect.stringMatching(/^handshakes#[\w-]{43}$/) },
        sk: { S: 'handshakes' },
        handshakes: { N: String(PER_ADDRESS) },
        expiresAt: { N: String((NOON_MS + HOUR_MS / 2) / 1000) },
      },
    ]);
    expect(JSON.stringify(await rows())).not.toContain('203.0.113');
  });

  test('is not counted of a page or a version that is refused anyway', async () => {
    const made = calls();
    expect(await from('203.0.113.7', { Origin: 'https://evil.example' })).toBe(403);
    expect(await connect({ 'Sec-WebSocket-Protocol': 'chat.v2' })).toEqual({ statusCode: 400 });
    expect(made).toEqual([]);
  });
});

test('with 0 for an address nothing is counted', async () => {
  jest.resetModules();
  process.env.CONNECTIONS_PER_ADDRESS = '0';
  const unlimited = await import('./connect.ts');
  for (let n = 0; n < 2 * PER_ADDRESS; n += 1)
    expect(await unlimited.handler(handshake(`c${n}=`, {}), context())).toEqual({
      statusCode: 200,
    });
  expect(await rows()).toEqual(await clientRows());
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
  test.each(['UpdateItem', 'GetItem', 'BatchWriteItem'])(
    'refuses the handshake at %s',
    async (failing) => {
      aws.script.dynamodb = (action) =>
        action === failing ? new AwsError('AccessDeniedException', 'no') : undefined;
      await expect(connect({})).rejects.toMatchObject({ name: 'AccessDeniedException' });
      expect(await clientRows()).toEqual([]);
      expect(logged).toHaveBeenCalledWith(
        expect.objectContaining({ route: '$connect', connectionId: 'c1=' }),
      );
    },
  );
});

describe('a guest', () => {
  test('is named after its connection, always the same, and does not give the connection away', () => {
    const guest = guestOfConnection('c1=');
    expect(guestOfConnection('c1=')).toEqual(guest);
    expect(guestOfConnection('c2=').userId).not.toBe(guest.userId);
    expect(guest.userId).toMatch(/^guest-[0-9a-f]{24}$/);
    expect(guest.userId.startsWith(guest.nickname)).toBe(true);
    const names = Array.from({ length: 5_000 }, (_, at) => guestOfConnection(`c${at}=`).nickname);
    expect(new Set(names).size).toBe(5_000);
    expect(JSON.stringify(guest)).not.toContain('c1=');
  });
});
