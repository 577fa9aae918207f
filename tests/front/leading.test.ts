// Proves what a tab that opens late is told by the tab that leads: the rooms and people of now, not those of the welcome.
import { expect, test } from '@jest/globals';
import type { ServerFrame } from '../../front/src/core/frame.js';
import { createLeading } from '../../front/src/core/leading.js';
import type { Ears, Line } from '../../front/src/core/line.js';
import type { TabMessage } from '../../front/src/core/tab-message.js';
import { fakeClock, welcome } from './workbench.ts';

function start() {
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
  const now = () => {
    leading.tell();
    const last = posted.at(-1) as unknown as { welcome: { heads: object; invitations: object } };
    return last.welcome;
  };
  return { leading, posted, now, hear: (frame: object) => told(frame as ServerFrame) };
}

test('rooms that came and went since the welcome, and people who did, are not told as they were', () => {
  const { leading, posted, hear } = start();
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

test('invitations since the welcome are told, and those that were answered or taken back are not', () => {
  const { hear, now } = start();
  const asked = ['den', 'pit', 'attic', 'yard'].map((room) => ({ room, by: 'u_ann' }));
  hear(welcome({ lobby: 1 }, { invitations: asked }));
  hear({ type: 'left', room: 'den' });
  hear({ type: 'removed', room: 'pit', userId: 'u_other' });
  hear({ type: 'removed', room: 'pit', userId: 'u_me' });
  hear({ type: 'joined', room: 'attic', head: 2 });
  const invited = { type: 'invited', userId: 'u_me', by: 'u_eve' };
  hear({ ...invited, room: 'new' });
  hear({ ...invited, room: 'new' });
  hear({ ...invited, room: 'lobby' });
  hear({ ...invited, room: 'mine', userId: 'u_ann', by: '' });
  expect(now().invitations).toEqual([
    { room: 'yard', by: 'u_ann' },
    { room: 'new', by: 'u_eve' },
  ]);
  for (let at = 0; at < 20; at += 1) hear({ ...invited, room: `r${at}` });
  expect(now().invitations).toHaveLength(10);
});

test('what was said in a room that was left enters none; a conversation begins with it', () => {
  const { hear, now } = start();
  hear(welcome({ lobby: 1, tea: 3 }));
  hear({ type: 'left', room: 'tea' });
  hear({ type: 'message', room: 'tea', seq: 4 });
  hear({ type: 'history', room: 'tea', head: 4 });
  hear({ type: 'pong', heads: { tea: 4, lobby: 2, 'dm:u_a:u_me': 1 }, present: {} });
  hear({ type: 'message', room: 'dm:u_b:u_me', seq: 1 });
  expect(now().heads).toEqual({ lobby: 2, 'dm:u_a:u_me': 1, 'dm:u_b:u_me': 1 });
  hear({ type: 'joined', room: 'tea', head: 4 });
  hear({ type: 'message', room: 'tea', seq: 5 });
  expect(now().heads).toMatchObject({ tea: 5 });
  hear({ type: 'left', room: 'tea', follow: true });
  expect(now().heads).not.toHaveProperty('tea');
});
