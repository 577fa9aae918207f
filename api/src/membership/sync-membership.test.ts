// follow: a device hears what another of its user joined, and brings back nothing that was left, whatever comes between.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { heldAt } from '../../../tests/product/held.ts';
import { type Person, person, type Routes } from '../../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;
let ada: Person;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'RemoveFunction');
  routes = {
    connect: (await import('../routes/connect.ts')).handler,
    hello: await import('../routes/hello.ts'),
    join: await import('../routes/join.ts'),
    leave: await import('../routes/leave.ts'),
    invite: await import('../routes/invite.ts'),
    remove: await import('../routes/remove.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  ada = await person(routes, 'Ada');
  await ada.enters();
});

const rows = async () =>
  (await aws.rows(aws.tables.connections)).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`);
/** Where the room stands in the name of that connection, or of its user's rooms. */
const traces = async (room: string, who: Person, device: number) =>
  (await rows()).filter(
    (row) =>
      row === `user#${who.userId} room#${room}` ||
      (row.includes(`:${room}#`) && row.endsWith(who.connection(device))) ||
      (row.startsWith(`roster#${room} `) && row.endsWith(who.connection(device))),
  );
const follow = (who: Person, room: string, device = 0) =>
  who.says('join', { room, follow: true }, device);

test('a room that another device joined is heard here too, from its head', async () => {
  await ada.says('join', { room: 'tea', create: true });
  const joined = { type: 'joined', room: 'tea', visibility: 'public', role: 'member', head: 0 };
  expect(await follow(ada, 'tea', 1)).toEqual(joined);
  expect(await follow(ada, 'tea', 1)).toEqual(joined);
  expect(await traces('tea', ada, 1)).toHaveLength(3);
});

test('a room that was left since stays left, and one that never was is not made', async () => {
  await ada.says('join', { room: 'tea', create: true });
  await ada.says('leave', { room: 'tea' });
  expect(await follow(ada, 'tea', 1)).toEqual({ type: 'left', room: 'tea', follow: true });
  const all = { room: 'new', create: true, follow: true };
  expect(await ada.says('join', all, 1)).toEqual({ type: 'left', room: 'new', follow: true });
  expect((await rows()).filter((row) => /tea#|room#new|room#tea$/.test(row))).toEqual([]);
});

test('nobody follows into what is another’s, invited or not, and the lobby is everybody’s', async () => {
  const bob = await person(routes, 'Bob');
  await ada.says('join', { room: 'den', create: true, visibility: 'private' });
  expect(await follow(bob, 'den')).toEqual({ type: 'left', room: 'den', follow: true });
  await ada.says('invite', { room: 'den', userId: bob.userId });
  expect(await follow(bob, 'den')).toEqual({ type: 'left', room: 'den', follow: true });
  expect(await traces('den', bob, 0)).toEqual([]);
  expect(await follow(bob, 'lobby')).toMatchObject({ type: 'joined', room: 'lobby' });
});

/** Before the call, the leave or removal runs whole: each call of the follower is once the place where it comes between. */
test.each(['leave', 'remove'] as const)(
  'a %s wins, wherever it comes between: nobody hears, is here, or comes back',
  async (action) => {
    const bob = await person(routes, 'Bob');
    await bob.enters();
    await ada.says('join', { room: 'den', create: true, visibility: 'private' });
    for (let at = 0; ; at += 1) {
      await ada.says('invite', { room: 'den', userId: bob.userId });
      await bob.says('join', { room: 'den' });
      const { under, release } = await heldAt(aws, at, () => follow(bob, 'den', 1));
      if (release === undefined) {
        expect([at > 0, (await under).type]).toEqual([true, 'joined']);
        break;
      }
      const fields = { room: 'den', userId: bob.userId };
      await (action === 'leave' ? bob : ada).says(action, fields);
      release();
      await under;
      expect([at, await traces('den', bob, 1)]).toEqual([at, []]);
    }
  },
);
