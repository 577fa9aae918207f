// Proves what a tab that opens late is told by the tab that leads: the rooms and people of now, not those of the welcome.
import { expect, test } from '@jest/globals';
import type { ServerFrame } from '../../front/src/core/frame.js';
import { createLeading } from '../../front/src/core/leading.js';
import type { Ears, Line } from '../../front/src/core/line.js';
import type { TabMessage } from '../../front/src/core/tab-message.js';
import { fakeClock, welcome } from './workbench.ts';

test('rooms that came and went since the welcome, and people who did, are not told as they were', () => {
  const posted: TabMessage[] = [];
  const status = { state: 'live', retryAt: null, online: true, reason: null } as const;
  let told: Ears['heard'] = () => {};
  const leading = createLeading({
    leader: { from: 'a', to: '*', term: 1 } as never,
    clock: fakeClock().clock,
    openLine: ({ heard }) => {
      told = heard;
      return { status: () => ({ ...status, leads: true }) } as Line;
    },
    post: (message) => posted.push(message),
    changed: () => {},
    heard: () => {},
  });
  const hear = (frame: object) => told(frame as ServerFrame);
  const roles = { den: 'owner', tea: 'member' };
  hear(welcome({ lobby: 1, tea: 2, den: 3 }, { here: { lobby: [], tea: [] }, private: roles }));
  hear({ type: 'joined', room: 'new', head: 7, visibility: 'private', role: 'owner' });
  hear({ type: 'joined', room: 'elsewhere', head: null });
  hear({ type: 'left', room: 'tea' });
  hear({ type: 'removed', room: 'lobby', userId: 'u_other' });
  hear({ type: 'removed', room: 'den', userId: 'u_me' });
  hear({ type: 'presence', room: 'lobby', userId: 'u_ann', nickname: 'Ann', online: true, at: '' });
  leading.tell();
  expect(posted.at(-1)).toMatchObject({ kind: 'status', welcome: { here: { tea: [] } } });
  const last = posted.at(-1) as unknown as {
    welcome: Record<'heads' | 'here' | 'private', object>;
  };
  expect(last.welcome.heads).toEqual({ lobby: 1, new: 7 });
  expect(last.welcome.private).toEqual({ new: 'owner' });
  expect(last.welcome.here).not.toHaveProperty('lobby');
});
