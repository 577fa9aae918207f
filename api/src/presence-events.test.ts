// Leases of one connection: none of them ends before the others, and of those that did only these rooms are told again.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { context, frameIn, handshake, helloEvent, routeEvent } from '../../tests/product/sample.ts';

const V1 = { 'Sec-WebSocket-Protocol': 'chat.v1' };
const connectionId = 'c1=';
let aws: TestAws;
let hello: (rooms: string[]) => Promise<unknown>;
let ping: () => Promise<unknown>;
let join: (room: string) => Promise<unknown>;
let connect: () => Promise<unknown>;
let PRESENCE_LEASE_MS: number;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'PingFunction');
  const [open, greet, enter, say] = [
    (await import('./routes/connect.ts')).handler,
    (await import('./routes/hello.ts')).handler,
    (await import('./routes/join.ts')).handler,
    (await import('./routes/ping.ts')).handler,
  ];
  ({ PRESENCE_LEASE_MS } = await import('../../shared/src/store/presence.ts'));
  connect = () => open(handshake(connectionId, V1), context());
  hello = async (rooms) => frameIn(await greet(helloEvent(connectionId, { rooms }), context()));
  join = async (room) => {
    const body = { action: 'join', room };
    return frameIn(await enter(routeEvent('join', { connectionId, body }), context()));
  };
  ping = async () => frameIn(await say(routeEvent('ping', { connectionId }), context()));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  await connect();
});

const entries = async () =>
  (await aws.rows(aws.tables.connections)).filter(({ pk }) => pk?.S?.startsWith('roster#'));
/** Milliseconds that are left in each room. */
const leases = async () =>
  Object.fromEntries(
    (await entries()).map(({ pk, leaseUntil }) => [
      pk?.S?.slice('roster#'.length),
      Date.parse(leaseUntil?.S ?? '') - Date.now(),
    ]),
  );
const age = async (rooms: string[], ms: number) => {
  for (const row of await entries())
    if (rooms.some((room) => row.pk?.S === `roster#${room}`))
      await aws.put(aws.tables.connections, {
        ...row,
        leaseUntil: { S: new Date(Date.parse(row.leaseUntil?.S ?? '') - ms).toISOString() },
      });
};
const opened = () =>
  aws.entries
    .filter(({ DetailType }) => DetailType === 'ConnectionOpened')
    .map(({ Detail }) => JSON.parse(Detail).rooms);

describe('another hello on the same socket', () => {
  test('renews the rooms that it keeps with those that are new, and tells only of these', async () => {
    await hello(['a']);
    await age(['a'], PRESENCE_LEASE_MS / 2);
    await hello(['b', 'a']);
    const { a = 0, b = 0 } = await leases();
    expect(Math.abs(a - b)).toBeLessThan(PRESENCE_LEASE_MS / 3);
    expect(opened()).toEqual([['a'], ['b']]);
  });

  test('tells again of rooms whose leases had ended meanwhile', async () => {
    await hello(['a', 'b']);
    await age(['b'], 2 * PRESENCE_LEASE_MS);
    await hello(['a', 'b', 'c']);
    expect(opened()).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
  });

  test('reads the leases of all rooms in one call', async () => {
    const rooms = ['a', 'b', 'c'];
    await hello(rooms);
    const reads: string[] = [];
    aws.script.dynamodb = (action, input) => {
      const said = JSON.stringify(input);
      if (action.includes('Get') && said.includes('roster#')) reads.push(said);
      return undefined;
    };
    await hello(rooms);
    expect(reads).toHaveLength(1);
    for (const room of rooms) expect(reads[0]).toContain(`roster#${room}`);
  });
});

describe('a ping', () => {
  test('renews every room by the one that was entered first', async () => {
    await hello(['a', 'b']);
    await age(['a', 'b'], PRESENCE_LEASE_MS / 2);
    await ping();
    for (const leftMs of Object.values(await leases()))
      expect(leftMs).toBeGreaterThan((PRESENCE_LEASE_MS * 2) / 3);
    expect(opened()).toHaveLength(1);
  });

  test('tells again of the rooms whose leases had ended, and of no other', async () => {
    await hello(['a', 'b', 'c']);
    await age(['a', 'b'], 2 * PRESENCE_LEASE_MS);
    await ping();
    expect(opened().slice(1)).toEqual([['a', 'b']]);
    await ping();
    expect(opened()).toHaveLength(2);
  });
});

describe('a join', () => {
  test('of the first room again leaves no other to end before it', async () => {
    await hello(['a', 'b']);
    await age(['a', 'b'], PRESENCE_LEASE_MS / 2);
    await join('a');
    await age(['a', 'b'], PRESENCE_LEASE_MS / 4);
    await ping();
    for (const leftMs of Object.values(await leases()))
      expect(leftMs).toBeGreaterThan(PRESENCE_LEASE_MS / 2);
    expect(opened()).toEqual([['a', 'b'], ['a']]);
  });

  test('of a room that it hears, and stands in no roster of, puts it there', async () => {
    await hello(['a', 'b']);
    await age(['b'], 2 * PRESENCE_LEASE_MS);
    await join('b');
    expect((await leases()).b).toBeGreaterThan(PRESENCE_LEASE_MS / 2);
    expect(opened()).toEqual([['a', 'b'], ['b']]);
  });
});
