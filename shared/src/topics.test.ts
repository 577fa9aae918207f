// Topics, and the rooms among them.

import { expect, test } from '@jest/globals';
import { roomsOf, roomTopic, userTopic } from './topics.ts';

test('the rooms among what is heard are those, in order, and no user', () => {
  const heard = [roomTopic('lobby'), userTopic('u_1'), roomTopic('user')];
  expect(roomsOf(heard.map((topic) => ({ topic })))).toEqual(['lobby', 'user']);
});
