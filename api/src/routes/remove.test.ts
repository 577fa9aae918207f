// remove: from its answer on no connection of the removed hears the room, whatever they were doing meanwhile.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ServerFrame, Welcome } from '../../../shared/src/protocol/frames.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'RemoveFunction');
  routes = {
    connect: (await import('./connect.ts')).handler,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    invite: await import('./invite.ts'),
    remove: await import('./remove.ts'),
    history: await import('./history.ts'),
    members: await import('./members.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  ada = await person(routes, 'Ada');
  bob = await person(routes, 'Bob');
  await ada.says('join', { room: 'den', create: true, visibility: 'private' });
  await ada.says('invite', { room: 'den', userId: bob.userId });
  await bob.says('join', { room: 'den' });
});

const hearers = async () =>
  (await aws.rows(aws.tables.connections)).flatMap(({ pk, sk }) =>
    pk?.S?.startsWith('topic#room:den#') ? [sk?.S] : [],
  );
const remove = (who: Person, whom: Person) =>
  who.says('remove', { room: 'den', userId: whom.userId });

test('takes the room from every device, and from the hellos to come', async () => {
  await bob.enters();
  expect(await hearers()).toHaveLength(3);
  const { userId } = bob;
  expect(await remove(ada, bob)).toEqual({ type: 'removed', room: 'den', userId });
  expect(await hearers()).toEqual([ada.connection()]);
  const welcome = (await bob.enters()) as Welcome;
  expect([welcome.heads, welcome.private]).toEqual([{ lobby: 0 }, undefined]);
  expect(await bob.says('history', { room: 'den' })).toMatchObject({ code: 'NotInRoom' });
  expect(await bob.says('join', { room: 'den' })).toMatchObject({ code: 'NoSuchRoom' });
  expect(aws.entries).toContainEqual(
    expect.objectContaining({
      DetailType: 'MemberRemoved',
      Detail: JSON.stringify({ room: 'den', userId }),
    }),
  );
});

test('is the owner’s: a member is told so, others that there is no such room', async () => {
  const eve = await person(routes, 'Eve');
  expect(await remove(bob, ada)).toMatchObject({ code: 'Forbidden' });
  expect(await remove(eve, bob)).toMatchObject({ code: 'NoSuchRoom' });
  expect(await hearers()).toHaveLength(2);
});

test('does not reach into a public room, nor the owner', async () => {
  await ada.says('join', { room: 'tea', create: true });
  const fields = { room: 'tea', userId: bob.userId };
  expect(await ada.says('remove', fields)).toMatchObject({ code: 'Forbidden' });
  expect(await remove(ada, ada)).toMatchObject({ code: 'BadField' });
});

const frames = {
  join: () => bob.says('join', { room: 'den' }),
  hello: () => bob.enters(),
  'hello that names it': () => bob.enters({ rooms: ['lobby', 'den'] }),
};

/** What is left of Bob in the den, in rows and in what he was answered. */
async function traces(answer: ServerFrame, isAskedAfter: boolean): Promise<string[]> {
  const rows = (await aws.rows(aws.tables.connections)).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`);
  const { userId } = bob;
  const marks = [`roster#den ${userId}#`, `user#${userId} room#den`, `room#den member#${userId}`];
  const isTold = answer.type === 'joined' || (answer.type === 'welcome' && 'den' in answer.heads);
  return [
    ...(await hearers()).flatMap((id) => (id?.startsWith('Bob') ? [id] : [])),
    ...rows.filter((row) => marks.some((mark) => row.startsWith(mark))),
    ...(isTold && isAskedAfter ? ['the answer'] : []),
  ];
}

/** Before the call, the removal runs whole: each call of the other is once the place where it comes between. */
test.each(Object.keys(frames) as (keyof typeof frames)[])(
  'wins over a %s of the removed, wherever it comes between',
  async (said) => {
    const { deleteConnection } = await import('../../../shared/src/store/connections.ts');
    if (said === 'join') await remove(ada, bob);
    for (let at = 0; ; at += 1) {
      await ada.says('invite', { room: 'den', userId: bob.userId });
      // Only who is in the room comes back to it by a hello.
      if (said !== 'join') await bob.says('join', { room: 'den' });
      let calls = 0;
      let isRemoved = false;
      let isAskedAfter = false;
      const { connections } = aws.tables;
      aws.hold = (action, input) => {
        const text = JSON.stringify(input);
        if (isRemoved && text.includes(`member#${bob.userId}`)) isAskedAfter = true;
        if (isRemoved || !text.includes(connections) || calls++ !== at) return undefined;
        isRemoved = true;
        return remove(ada, bob).then(() => {
          isAskedAfter = action === 'BatchGetItem' && text.includes('member#');
        });
      };
      const answer = await frames[said]();
      aws.hold = undefined;
      if (!isRemoved) break;
      expect([at, await traces(answer, isAskedAfter)]).toEqual([at, []]);
      await ada.says('invite', { room: 'den', userId: bob.userId });
      const { invitations } = (await bob.enters()) as Welcome;
      expect([at, invitations]).toEqual([at, [{ room: 'den', by: ada.userId }]]);
      await remove(ada, bob);
      // Gone again: a hello looks at every connection of its user, so that the next would make more calls, without end.
      for (let device = 1; bob.connection(device) !== ''; device += 1)
        await deleteConnection(bob.connection(device));
    }
  },
);

test.each(['history', 'members'] as const)(
  'leaves no answer to %s that the removed asked for, wherever it comes between',
  async (asked) => {
    for (let at = 0; ; at += 1) {
      let calls = 0;
      let isRemoved = false;
      const { connections } = aws.tables;
      aws.hold = (_, input) => {
        const isCounted = !isRemoved && JSON.stringify(input).includes(connections);
        if (!isCounted || calls++ !== at) return undefined;
        isRemoved = true;
        return remove(ada, bob).then(() => undefined);
      };
      const answer = await bob.says(asked, { room: 'den' });
      aws.hold = undefined;
      if (!isRemoved) {
        expect([at, answer.type]).toEqual([calls, asked]);
        break;
      }
      expect([at, answer]).toMatchObject([at, { code: 'NotInRoom' }]);
      await ada.says('invite', { room: 'den', userId: bob.userId });
      await bob.says('join', { room: 'den' });
    }
  },
);
