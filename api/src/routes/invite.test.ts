// invite: who may have whom in which room, and what the invited finds, here or at the next hello.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Welcome } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  aws = await startAws(
    ...['ConnectFunction', 'HelloFunction', 'JoinFunction', 'InviteFunction'],
    ...['LeaveFunction', 'RemoveFunction', 'SendmessageFunction'],
  );
  routes = {
    connect: (await import('./connect.ts')).handler,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    invite: await import('./invite.ts'),
    leave: await import('./leave.ts'),
    remove: await import('./remove.ts'),
    sendmessage: await import('./sendmessage.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  ada = await person(routes, 'Ada');
  bob = await person(routes, 'Bob');
  await ada.says('join', { room: 'den', create: true, visibility: 'private' });
});

const invitationsAt = async (who: Person, fields = {}) =>
  ((await who.enters(fields)) as Welcome).invitations;

test('the invited is told, is in no room until they join, and finds it at the next hello then', async () => {
  const { userId } = bob;
  const invited = await ada.says('invite', { room: 'den', userId });
  expect(invited).toEqual({ type: 'invited', room: 'den', userId });
  expect(aws.entries.at(-1)).toMatchObject({
    DetailType: 'MemberInvited',
    Detail: JSON.stringify({ room: 'den', userId, by: ada.userId }),
  });
  expect(((await bob.enters()) as Welcome).heads).toEqual({ lobby: 0 });
  expect(await bob.says('join', { room: 'den' })).toMatchObject({
    ...{ visibility: 'private', role: 'member' },
  });
  const welcome = (await bob.enters()) as Welcome;
  expect(welcome.heads).toEqual({ den: 0, lobby: 0 });
  expect(welcome.private).toEqual({ den: 'member' });
});

test('of whom nobody has heard is refused, and leaves nothing behind', async () => {
  const before = await aws.rows(aws.tables.connections);
  for (const userId of ['u_nobody', '__proto__', 'constructor', 'guest-0a1b2c3d4e5f60718293a4b5'])
    expect(await ada.says('invite', { room: 'den', userId })).toMatchObject({ code: 'NoSuchUser' });
  expect(await aws.rows(aws.tables.connections)).toHaveLength(before.length);
});

test('that the bus did not take is Busy, to be tried again, and then is told', async () => {
  const fields = { room: 'den', userId: bob.userId };
  aws.script.events = () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttling' }] });
  expect(await ada.says('invite', fields)).toMatchObject({ code: 'Busy', retry: true });
  aws.script.events = () => undefined;
  expect(await ada.says('invite', fields)).toMatchObject({ type: 'invited' });
  expect(aws.entries.at(-1)?.DetailType).toBe('MemberInvited');
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

test('into the lobby may invite who hears it, whether anybody has made it or not', async () => {
  const fields = { room: 'lobby', userId: bob.userId };
  expect(await ada.says('invite', fields)).toMatchObject({ type: 'invited', room: 'lobby' });
  const eve = await person(routes, 'Eve', { rooms: [] });
  expect(await eve.says('invite', fields)).toMatchObject({ code: 'NotInRoom' });
  await ada.says('join', { room: 'lobby' });
  expect(await ada.says('invite', fields)).toMatchObject({ type: 'invited', room: 'lobby' });
  expect(await eve.says('invite', fields)).toMatchObject({ code: 'NotInRoom' });
});

test('an owner who has left their private room invites nobody into it until they are back', async () => {
  await ada.says('leave', { room: 'den' });
  const fields = { room: 'den', userId: bob.userId };
  expect(await ada.says('invite', fields)).toMatchObject({ code: 'NotInRoom' });
  expect(await bob.says('join', { room: 'den' })).toMatchObject({ code: 'NoSuchRoom' });
  await ada.says('join', { room: 'den' });
  expect(await ada.says('invite', fields)).toMatchObject({ type: 'invited' });
});

test.each(['tea', 'den', 'lobby'])('nobody invites themselves into %s', async (room) => {
  await ada.says('join', { room: 'tea', create: true });
  expect(await ada.says('invite', { room, userId: ada.userId })).toMatchObject({
    code: 'BadField',
  });
});

test('an invitation to a private room is told by each welcome until it is answered', async () => {
  const { userId } = bob;
  for (const room of ['attic', 'cellar']) {
    await ada.says('join', { room, create: true, visibility: 'private' });
    await ada.says('invite', { room, userId });
  }
  const by = ada.userId;
  expect(await invitationsAt(bob)).toEqual([
    { room: 'cellar', by },
    { room: 'attic', by },
  ]);
  expect(await invitationsAt(bob, { rooms: ['lobby'] })).toBeUndefined();
  await bob.says('join', { room: 'attic' });
  expect(await invitationsAt(bob)).toEqual([{ room: 'cellar', by }]);
  await bob.says('leave', { room: 'cellar' });
  expect(await invitationsAt(bob)).toBeUndefined();
  expect(await bob.says('join', { room: 'cellar' })).toMatchObject({ code: 'NoSuchRoom' });
});

test('who is in the room already, or was removed from it, is offered nothing', async () => {
  const fields = { room: 'den', userId: bob.userId };
  await ada.says('invite', fields);
  await bob.says('join', { room: 'den' });
  await ada.says('invite', fields);
  expect(await invitationsAt(bob)).toBeUndefined();
  await bob.says('leave', { room: 'den' });
  await ada.says('invite', fields);
  await ada.says('remove', fields);
  expect(await invitationsAt(bob)).toBeUndefined();
});

test('who was removed is offered the room anew, whatever is left of their first membership', async () => {
  const { addMembership } = await import('../../../shared/src/store/memberships.ts');
  const fields = { room: 'den', userId: bob.userId };
  await ada.says('invite', fields);
  await ada.says('remove', fields);
  await addMembership(bob.userId, 'den');
  await ada.says('invite', fields);
  expect(await invitationsAt(bob)).toEqual([{ room: 'den', by: ada.userId }]);
});

describe('what has run out, and is not deleted yet,', () => {
  const runsOut = async (...keys: string[]) => {
    const rows = (await aws.rows(aws.tables.connections)).filter(({ pk, sk }) =>
      keys.includes(`${pk?.S} ${sk?.S}`),
    );
    expect(rows).toHaveLength(keys.length);
    const expiresAt = { N: String(Math.floor(Date.now() / 1000)) };
    for (const row of rows) await aws.put(aws.tables.connections, { ...row, expiresAt });
  };

  test('is no invitation, and leaves its place to another', async () => {
    const { readInvitations, createInvitation } = await import(
      '../../../shared/src/store/memberships.ts'
    );
    const start = Date.now();
    const now = jest.spyOn(Date, 'now');
    const by = ada.userId;
    const asks = (room: string, isKept = true) =>
      createInvitation(bob.userId, { room, by, isKept, isKnown: false });
    const at = (days: number) => now.mockReturnValue(start + days * 24 * 60 * 60_000);
    at(0);
    expect(await asks('tea', false)).toBe(true);
    for (const room of ['den', 'attic']) expect(await asks(room)).toBe(true);
    expect(await asks('shed')).toBe(false);
    // One to a public room counts for a day.
    at(1.1);
    expect(await asks('shed')).toBe(true);
    expect(await asks('yard')).toBe(false);
    at(30.5);
    expect(await readInvitations(bob.userId)).toEqual([{ room: 'shed', by }]);
    expect(await asks('yard')).toBe(true);
    now.mockRestore();
  });

  test('is no room that comes back', async () => {
    await bob.says('join', { room: 'tea', create: true });
    await runsOut(`user#${bob.userId} room#tea`);
    expect(((await bob.enters()) as Welcome).heads).toEqual({ lobby: 0 });
  });

  test('is no membership, and may be given anew', async () => {
    const { userId } = bob;
    const member = `room#den member#${userId}`;
    await ada.says('invite', { room: 'den', userId });
    await bob.says('join', { room: 'den' });
    await runsOut(member, `user#${userId} room#den`);
    expect(((await bob.enters()) as Welcome).heads).toEqual({ lobby: 0 });
    expect(await bob.says('join', { room: 'den' }, 1)).toMatchObject({ code: 'NoSuchRoom' });
    await ada.says('invite', { room: 'den', userId });
    expect(await invitationsAt(bob)).toEqual([{ room: 'den', by: ada.userId }]);
    expect(await bob.says('join', { room: 'den' }, 1)).toMatchObject({ type: 'joined' });
  });
});

describe('invitations are bounded:', () => {
  const privateRooms = async (who: Person, names: string[]) => {
    for (const room of names) await who.says('join', { room, create: true, visibility: 'private' });
  };
  const asks = (who: Person, room: string, device = 0) =>
    who.says('invite', { room, userId: bob.userId }, device);

  test('twelve rooms of one stranger do not hide a friend', async () => {
    const eve = await person(routes, 'Eve');
    expect(await asks(ada, 'den')).toMatchObject({ type: 'invited' });
    const names = Array.from({ length: 12 }, (_, at) => `0${at}-room`);
    await privateRooms(eve, names);
    const answers = [];
    for (const room of names) answers.push(await asks(eve, room));
    expect(answers.filter(({ type }) => type === 'invited')).toHaveLength(LIMITS.invitationsEach);
    expect(answers.at(-1)).toMatchObject({ code: 'TooManyInvitations', retry: false });
    const by = eve.userId;
    expect(await invitationsAt(bob)).toEqual([
      { room: '02-room', by },
      { room: '01-room', by },
      { room: '00-room', by },
      { room: 'den', by: ada.userId },
    ]);
    // Who is refused has made nobody a member.
    expect(await bob.says('join', { room: '05-room' })).toMatchObject({ code: 'NoSuchRoom' });
    // An answer leaves room for another question, and the same may be asked again.
    await bob.says('leave', { room: '02-room' });
    expect(await asks(eve, '05-room')).toMatchObject({ type: 'invited' });
    expect(await asks(eve, '05-room')).toMatchObject({ type: 'invited' });
    expect(await asks(eve, '06-room')).toMatchObject({ code: 'TooManyInvitations' });
  });

  test('to public rooms too', async () => {
    const names = ['tea', 'milk', 'sugar', 'lemon'];
    for (const room of names) await ada.says('join', { room, create: true });
    for (const room of names.slice(0, 3))
      expect(await asks(ada, room)).toMatchObject({ type: 'invited' });
    const before = aws.entries.length;
    expect(await asks(ada, 'lemon')).toMatchObject({ code: 'TooManyInvitations' });
    expect(aws.entries).toHaveLength(before);
    expect(await invitationsAt(bob)).toBeUndefined();
  });

  test('whoever one has written to comes before any number of strangers', async () => {
    await asks(ada, 'den');
    await bob.says('sendmessage', { to: ada.userId, message: 'hi' });
    for (let at = 0; at < 12; at += 1) {
      const stranger = await person(routes, `Stranger${at}`);
      await privateRooms(stranger, [`room-${at}`]);
      await asks(stranger, `room-${at}`);
    }
    const told = (await invitationsAt(bob)) ?? [];
    expect(told.map(({ room }) => room)).toEqual([
      ...Array.from({ length: 9 }, (_, at) => `room-${11 - at}`),
      'den',
    ]);
  });

  test('strangers’ push out one another’s, and none of somebody whom one has written to', async () => {
    const dan = await person(routes, 'Dan');
    await privateRooms(dan, ['shed']);
    await bob.says('sendmessage', { to: dan.userId, message: 'hi' });
    await asks(dan, 'shed');
    const { createInvitation } = await import('../../../shared/src/store/memberships.ts');
    for (let at = 0; at < 60; at += 1)
      await createInvitation(bob.userId, {
        ...{ room: `room-${at}`, by: `u_stranger-${at}` },
        ...{ isKept: true, isKnown: false },
      });
    const told = (await invitationsAt(bob)) ?? [];
    expect(told.map(({ room }) => room)).toContain('shed');
    expect(told).toHaveLength(LIMITS.invitations);
  });

  test('many at once are three, and none of them is lost', async () => {
    const names = Array.from({ length: 6 }, (_, at) => `room-${at}`);
    await privateRooms(ada, names);
    const answers = await Promise.all(names.map((room) => asks(ada, room)));
    const invited = answers.flatMap((one) => (one.type === 'invited' ? [one.room] : []));
    expect(invited).toHaveLength(LIMITS.invitationsEach);
    const told = (await invitationsAt(bob)) ?? [];
    expect(told.map(({ room }) => room).sort()).toEqual(invited.sort());
  });

  test.each(['GetItem', 'UpdateItem'])(
    'another’s invitation that comes before the %s of one is kept beside it',
    async (held) => {
      const eve = await person(routes, 'Eve');
      await privateRooms(eve, ['attic']);
      let between: Promise<unknown> | undefined;
      aws.hold = (action, input) => {
        const isOpen = JSON.stringify(input).includes('"S":"invited"');
        if (action !== held || !isOpen || between !== undefined) return undefined;
        between = Promise.resolve();
        between = asks(eve, 'attic');
        return between;
      };
      await asks(ada, 'den');
      aws.hold = undefined;
      expect(await between).toMatchObject({ type: 'invited' });
      expect(((await invitationsAt(bob)) ?? []).map(({ room }) => room).sort()).toEqual([
        ...['attic', 'den'],
      ]);
    },
  );

  test('a hundred a day', async () => {
    const day = new Date().toISOString().slice(0, 10);
    const key = { pk: { S: `user#${ada.userId}` }, sk: { S: `invites#${day}` } };
    const made = { N: String(LIMITS.invitationsMade - 1) };
    await aws.put(aws.tables.connections, { ...key, made });
    expect(await asks(ada, 'den')).toMatchObject({ type: 'invited' });
    expect(await asks(ada, 'den')).toMatchObject({ code: 'TooManyInvitations' });
  });

  test('one from before they were one row is told until it is answered', async () => {
    const key = { pk: { S: `user#${bob.userId}` }, sk: { S: 'invited#attic' } };
    const expiresAt = { N: String(Math.floor(Date.now() / 1000) + 29 * 24 * 60 * 60) };
    const by = ada.userId;
    await aws.put(aws.tables.connections, { ...key, by: { S: by }, expiresAt });
    await asks(ada, 'den');
    expect(await invitationsAt(bob)).toEqual([
      { room: 'den', by },
      { room: 'attic', by },
    ]);
    await bob.says('leave', { room: 'attic' });
    expect(await invitationsAt(bob)).toEqual([{ room: 'den', by }]);
  });
});

test('whoever is invited by strangers to forty-nine rooms may join any other', async () => {
  const rooms = Array.from({ length: 49 }, (_, at) => `r${at}`);
  await ada.enters({ rooms });
  const strangers = await Promise.all(
    Array.from({ length: 17 }, (_, at) => person(routes, `Stranger${at}`)),
  );
  for (const [at, room] of rooms.entries()) {
    const stranger = strangers[Math.floor(at / 3)] as Person;
    await stranger.says('join', { room });
    expect(await stranger.says('invite', { room, userId: bob.userId })).toMatchObject({
      type: 'invited',
    });
  }
  expect(((await bob.enters()) as Welcome).heads).toEqual({ lobby: 0 });
  expect(await invitationsAt(bob)).toBeUndefined();
  expect(await bob.says('join', { room: 'tea', create: true })).toMatchObject({ type: 'joined' });
});

test.each(['a#0', 'u a', '', null, {}, 'x'.repeat(129)])(
  'the userId %p is refused',
  async (userId) => {
    expect(await ada.says('invite', { room: 'den', userId })).toMatchObject({ code: 'BadField' });
  },
);
