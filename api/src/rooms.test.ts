// rooms: the public ones, and nothing of the private ones.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { person, type Routes } from '../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'RoomsFunction');
  routes = {
    connect: (await import('./connect.ts')).handler,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    rooms: await import('./rooms.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

test('public rooms are listed by name, however they were made, and private ones are not', async () => {
  const ada = await person(routes, 'Ada', { rooms: ['zoo'] });
  await ada.says('join', { room: 'Tea Room', create: true });
  await ada.says('join', { room: 'den', create: true, visibility: 'private' });
  const eve = await person(routes, 'Eve');
  expect(await eve.says('rooms')).toEqual({
    type: 'rooms',
    rooms: [
      { room: 'tea-room', title: 'tea-room' },
      { room: 'zoo', title: 'zoo' },
    ],
  });
});

test('at most a hundred are told', async () => {
  const ada = await person(routes, 'Ada');
  for (let at = 0; at < 3; at += 1)
    await ada.enters({ rooms: Array.from({ length: 40 }, (_, n) => `r${at}-${n}`) });
  expect(await ada.says('rooms')).toHaveProperty('rooms.length', 100);
});
