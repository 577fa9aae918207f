// A nickname in the client: asked for, refused with another that looks free, followed on every screen, and the same after a reload.
import { expect, test } from '@jest/globals';
import { type ChatOptions, connect } from '../../front/src/core/chat.js';
import { createLeading } from '../../front/src/core/leading.js';
import type { Line } from '../../front/src/core/line.js';
import type { StatusMessage } from '../../front/src/core/tab-message.js';
import { fakeClock, fakeSockets, fakeStorage, settled, welcome } from './workbench.ts';

const [ME, BOB] = ['u_me', 'u_bob'];
const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 7, 30, second)).toISOString();
const person = (userId: string, nickname: string) => ({
  ...{ userId, nickname, online: true },
  at: at(1),
});
const called = (userId: string, nickname: string, second: number) => ({
  ...{ type: 'nickname', userId, nickname },
  at: at(second),
});

/** A chat on a socket that is the test; `again` opens it anew on the same storage. */
async function chatting(options: Partial<ChatOptions> = {}, storage = fakeStorage()) {
  const { clock } = fakeClock();
  const sockets = fakeSockets();
  const chat = connect({
    url: 'ws://chat',
    ...options,
    ports: { clock, fraction: () => 0, isOnline: () => true, ...storage, ...sockets },
  });
  await settled();
  const news: object[] = [];
  chat.on('nickname', (one) => news.push(one));
  const tell = (frame: object) => sockets.latest().events.heard(JSON.stringify(frame));
  const greeted = (nickname: string, now = at(0)) => {
    sockets.latest().events.opened();
    const here = { lobby: [person(ME, nickname), person(BOB, 'Bob')] };
    tell(welcome({}, { userId: ME, nickname, leaseMs: 90_000, now, here }));
  };
  const sent = (action: string) =>
    sockets.opened
      .flatMap((one) => one.sent.map((text) => JSON.parse(text) as Record<string, unknown>))
      .filter((frame) => frame.action === action);
  const shown = () =>
    chat
      .room('lobby')
      .roster()
      .map(({ nickname }) => nickname);
  return { chat, tell, greeted, sent, shown, news, sockets, storage };
}

test('is asked for in its one spelling, and is mine when the server says so', async () => {
  const { chat, greeted, sent, tell, shown, news } = await chatting();
  greeted('guest-1a2b');
  const asked = chat.setNickname('  Ada   Byron ');
  await settled();
  expect(sent('nickname')).toEqual([{ action: 'nickname', nickname: 'Ada Byron' }]);
  expect(chat.me().nickname).toBe('guest-1a2b');
  tell(called(ME, 'Ada Byron', 2));
  expect(await asked).toEqual({ nickname: 'Ada Byron' });
  expect(chat.me()).toEqual({ userId: ME, nickname: 'Ada Byron' });
  expect(shown()).toContain('Ada Byron');
  expect(news).toEqual([{ userId: ME, nickname: 'Ada Byron' }]);
});

test('that is taken rejects by the code, with the suggestion; nothing has changed', async () => {
  const { chat, greeted, tell, news } = await chatting();
  greeted('guest-1a2b');
  const asked = chat.setNickname('Bob');
  await settled();
  tell({ type: 'error', ref: null, code: 'NicknameTaken', retry: false, suggestion: 'Bob-4711' });
  await expect(asked).rejects.toMatchObject({ name: 'NicknameTaken', suggestion: 'Bob-4711' });
  expect([chat.me().nickname, news]).toEqual(['guest-1a2b', []]);
});

test("another tab's refusal is not mine", async () => {
  const { chat, greeted, tell } = await chatting();
  greeted('guest-1a2b');
  const asked = chat.join('tea');
  tell({ type: 'error', ref: null, code: 'NicknameTaken', retry: false, suggestion: 'Bob-4711' });
  tell({ type: 'joined', room: 'tea', head: 0 });
  expect((await asked).name).toBe('tea');
});

test("neither another device's change nor another person's is the answer", async () => {
  const { chat, greeted, tell } = await chatting();
  greeted('guest-1a2b');
  const answers: string[] = [];
  const asked = chat.setNickname('Eve').then(({ nickname }) => answers.push(nickname));
  await settled();
  tell(called(ME, 'Ada', 2));
  tell(called(BOB, 'Eve', 3));
  await settled();
  expect(answers).toEqual([]);
  tell(called(ME, 'Eve', 4));
  await asked;
  expect([answers, chat.me().nickname]).toEqual([['Eve'], 'Eve']);
});

test('of somebody else is shown at once, told once though the frame comes for each room, and the later word counts', async () => {
  const { greeted, tell, shown, news } = await chatting();
  greeted('Ada');
  tell(called(BOB, 'Bobby', 5));
  tell(called(BOB, 'Bobby', 5));
  tell(called(BOB, 'Rob', 4));
  expect(shown()).toEqual(['Ada', 'Bobby']);
  expect(news).toEqual([{ userId: BOB, nickname: 'Bobby' }]);
  tell({ type: 'members', room: 'lobby', count: 2, members: [person(BOB, 'Bob')] });
  expect(shown()).toContain('Bobby');
  tell({ type: 'presence', room: 'lobby', ...person(BOB, 'Robert'), at: at(9) });
  expect(shown()).toContain('Robert');
});

test('that was asked for is said until it is answered, never again: another device may know better', async () => {
  const { greeted, sent, sockets, chat } = await chatting({ nickname: 'Ada' });
  sockets.latest().events.closed();
  chat.tryNow();
  greeted('Ada-4711');
  sockets.latest().events.closed();
  chat.tryNow();
  greeted('Eve', at(9));
  expect(sent('hello').map(({ nickname }) => nickname)).toEqual(['Ada', undefined]);
  expect(chat.me().nickname).toBe('Eve');
});

test('stands there again after a reload, before the server has said a word', async () => {
  const first = await chatting();
  first.greeted('guest-1a2b');
  const asked = first.chat.setNickname('Ada');
  await settled();
  first.tell(called(ME, 'Ada', 2));
  await asked;
  const second = await chatting({}, first.storage);
  expect(second.chat.me().nickname).toBe('Ada');
  second.greeted('Ada', at(9));
  expect(second.sent('hello')[0]?.nickname).toBeUndefined();
});

test('a tab that comes late is welcomed with what people go by now', () => {
  const posts: object[] = [];
  let hear: (frame: object) => void = () => {};
  const status = { state: 'live', retryAt: null, online: true, reason: null, leads: true } as const;
  const leading = createLeading({
    leader: { from: 'a', term: 1 },
    clock: fakeClock().clock,
    openLine: (ears) => {
      hear = (frame) => ears.heard(frame as never);
      return { status: () => status, visible: () => {}, stop: () => {} } as unknown as Line;
    },
    post: (message) => posts.push(message),
    changed: () => {},
    heard: () => {},
  });
  const here = { lobby: [person(ME, 'guest-1a2b'), person(BOB, 'Bob')] };
  hear({ ...welcome({}), userId: ME, nickname: 'guest-1a2b', here });
  hear(called(ME, 'Ada', 2));
  hear(called(BOB, 'Rob', 3));
  leading.tell();
  const told = posts.at(-1) as StatusMessage;
  expect(told.welcome?.nickname).toBe('Ada');
  expect(told.welcome?.here.lobby?.map(({ nickname }) => nickname)).toEqual(['Ada', 'Rob']);
  leading.stop();
});

test.each(['', ' ', 'x'.repeat(33), 'a\u202eb', '\u200d'])(
  '%j is asked of nobody',
  async (typed) => {
    const { chat, greeted, sent } = await chatting();
    greeted('Ada');
    await expect(chat.setNickname(typed)).rejects.toThrow(RangeError);
    expect(sent('nickname')).toEqual([]);
  },
);
