// leave: the room is gone from every device, and from the hellos to come, until it is joined again.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Welcome } from '../../../shared/src/protocol/frames.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { heldAt } from '../../../tests/product/held.ts';
import { person, type Routes } from '../../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'LeaveFunction');
  routes = {
    connect: (await import('./connect.ts')).handler,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    leave: await import('./leave.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const hearers = async (room: string) =>
  (await aws.rows(aws.tables.connections)).flatMap(({ pk, sk }) =>
    pk?.S?.startsWith(`topic#room:${room}#`) ? [sk?.S] : [],
  );

test('what is left is heard on no device, and comes back with no hello', async () => {
  const ada = await person(routes, 'Ada');
  const bob = await person(routes, 'Bob');
  await ada.says('join', { room: 'tea', create: true });
  await bob.says('join', { room: 'tea' });
  await ada.enters();
  expect(await ada.says('leave', { room: 'tea' }, 1)).toEqual({ type: 'left', room: 'tea' });
  expect(await hearers('tea')).toEqual([bob.connection()]);
  expect(((await ada.enters()) as Welcome).heads).toEqual({ lobby: 0 });
  const detail = JSON.stringify({ room: 'tea', userId: ada.userId });
  expect(aws.entries).toContainEqual(
    expect.objectContaining({ DetailType: 'RoomLeft', Detail: detail }),
  );
});

test('the room is told of each device at once: no grace waits for who will not come back', async () => {
  const ada = await person(routes, 'Ada');
  await ada.says('join', { room: 'tea', create: true });
  await ada.enters();
  aws.entries.length = 0;
  await ada.says('leave', { room: 'tea' }, 1);
  const closed = aws.entries.flatMap(({ DetailType, Detail }) =>
    DetailType === 'ConnectionClosed' ? [JSON.parse(Detail)] : [],
  );
  expect(closed.map(({ connectionId }) => connectionId).sort()).toEqual(
    [ada.connection(0), ada.connection(1)].sort(),
  );
  for (const one of closed) expect(one).toMatchObject({ rooms: ['tea'], isLapsed: true });
});

test('a private room that its maker left is there when they come back', async () => {
  const ada = await person(routes, 'Ada');
  await ada.says('join', { room: 'den', create: true, visibility: 'private' });
  await ada.says('leave', { room: 'den' });
  expect(await ada.says('join', { room: 'den' })).toMatchObject({ type: 'joined', room: 'den' });
  const rows = await aws.rows(aws.tables.connections);
  const key = { pk: { S: 'room#den' }, sk: { S: `member#${ada.userId}` } };
  expect(rows).toContainEqual(expect.objectContaining({ ...key, role: { S: 'owner' } }));
});

test('leaving what one is not in is no error, and nobody else is moved', async () => {
  const ada = await person(routes, 'Ada');
  const bob = await person(routes, 'Bob');
  await ada.says('join', { room: 'tea', create: true });
  expect(await bob.says('leave', { room: 'tea' })).toMatchObject({ type: 'left' });
  expect(await hearers('tea')).toEqual([ada.connection()]);
});

test.each(['lobby', 'Lobby'])('%s is left by nobody', async (room) => {
  const ada = await person(routes, 'Ada');
  expect(await ada.says('leave', { room })).toMatchObject({ code: 'Forbidden', retry: false });
  expect(await hearers('lobby')).toEqual([ada.connection()]);
  expect(aws.entries.filter(({ DetailType }) => DetailType === 'RoomLeft')).toEqual([]);
});

test.each(['dm:u_a:u_b', '__proto__', '', null])('the room %p cannot be left', async (room) => {
  const ada = await person(routes, 'Ada');
  expect(await ada.says('leave', { room })).toMatchObject({ code: 'BadField' });
});

/** Before the call, the leave runs whole: each call of the hello is once the place where it comes between. */
test.each([undefined, ['tea']])(
  'wins over a hello of another device that names %p, wherever it comes between, or comes before all of it',
  async (rooms) => {
    const { deleteConnection } = await import('../../../shared/src/store/connections.ts');
    const ada = await person(routes, 'Ada');
    const { connections } = aws.tables;
    for (let at = 0; ; at += 1) {
      await ada.says('join', { room: 'tea', create: true });
      const { under, release } = await heldAt(aws, at, () => ada.enters({ rooms }));
      if (release === undefined) {
        expect(at).toBeGreaterThan(0);
        break;
      }
      await ada.says('leave', { room: 'tea' });
      release();
      await under;
      const isHeard = (await hearers('tea')).includes(ada.connection(at + 1));
      const rows = await aws.rows(connections);
      const isKept = rows.some(
        ({ pk, sk }) => pk?.S === `user#${ada.userId}` && sk?.S === 'room#tea',
      );
      const isHere = rows.some(
        ({ pk, sk }) => pk?.S === 'roster#tea' && sk?.S?.endsWith(ada.connection(at + 1)),
      );
      expect([at, isHeard, isHere]).toEqual([at, isKept, isKept]);
      if (rooms === undefined) expect([at, isHeard]).toEqual([at, false]);
      await deleteConnection(ada.connection(at + 1));
    }
  },
);
