// invite: who may have whom in which room, and what the invited finds, here or at the next hello.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Welcome } from '../../shared/src/protocol.ts';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'InviteFunction');
  routes = {
    connect: (await import('./connect.ts')).handler,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    invite: await import('./invite.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  ada = await person(routes, 'Ada');
  bob = await person(routes, 'Bob');
  await ada.says('join', { room: 'den', create: true, visibility: 'private' });
});

test('the invited is told, may join, and finds the room at the next hello', async () => {
  const { userId } = bob;
  const invited = await ada.says('invite', { room: 'den', userId });
  expect(invited).toEqual({ type: 'invited', room: 'den', userId });
  expect(aws.entries.at(-1)).toMatchObject({
    DetailType: 'MemberInvited',
    Detail: JSON.stringify({ room: 'den', userId, by: ada.userId }),
  });
  expect(await bob.says('join', { room: 'den' })).toMatchObject({ visibility: 'private' });
  expect(((await bob.enters()) as Welcome).heads).toEqual({ den: 0, lobby: 0 });
});

test('a member may not invite, and for others there is no such room', async () => {
  const eve = await person(routes, 'Eve');
  await ada.says('invite', { room: 'den', userId: bob.userId });
  await bob.says('join', { room: 'den' });
  const fields = { room: 'den', userId: eve.userId };
  expect(await bob.says('invite', fields)).toMatchObject({ code: 'Forbidden' });
  expect(await eve.says('invite', fields)).toMatchObject({ code: 'NoSuchRoom' });
  expect(await eve.says('invite', { ...fields, room: 'nowhere' })).toMatchObject({
    code: 'NoSuchRoom',
  });
  expect(await eve.says('join', { room: 'den' })).toMatchObject({ code: 'NoSuchRoom' });
});

test('into a public room may invite who is in it', async () => {
  await ada.says('join', { room: 'tea', create: true });
  const fields = { room: 'tea', userId: ada.userId };
  expect(await bob.says('invite', fields)).toMatchObject({ code: 'NotInRoom' });
  await bob.says('join', { room: 'tea' });
  expect(await bob.says('invite', fields)).toMatchObject({ type: 'invited' });
});

test('somebody in fifty rooms is left in peace', async () => {
  await bob.enters({ rooms: Array.from({ length: 50 }, (_, at) => `r${at}`) });
  const fields = { room: 'den', userId: bob.userId };
  expect(await ada.says('invite', fields)).toMatchObject({ code: 'TooManyRooms' });
});

test.each(['a#0', 'u a', '', null, {}, 'x'.repeat(129)])(
  'the userId %p is refused',
  async (userId) => {
    expect(await ada.says('invite', { room: 'den', userId })).toMatchObject({ code: 'BadField' });
  },
);
