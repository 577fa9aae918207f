// What was not sent in a room or to one person is there again in the next life of the client, and goes where it was meant to go.
import { expect, test } from '@jest/globals';
import { connect } from '../../front/src/core/chat.js';
import type { LineStatus } from '../../front/src/core/line.js';
import type { Entry } from '../../front/src/core/outbox-entry.js';
import { fakeClock, fakeStorage, settled } from './workbench.ts';

const ME = 'u_me';
const DIRECT = 'dm:u_a:u_me';
const REFUSED = { type: 'error', code: 'NotInRoom', retry: false, afterMs: 0, message: 'No.' };

const written = (room: string, text: string, state: Entry['state']): Entry => ({
  ...{ messageId: text, room, text, state, writtenAt: Date.UTC(2026, 10, 21), position: 1 },
  ...{ reason: state === 'pending' ? null : 'No.', fresh: false, once: false },
});

/** One life of a client: its line is the test. */
async function life(storage = fakeStorage(), from: 'latest' | 'cursor' = 'latest') {
  const sent: Record<string, unknown>[] = [];
  let tell: (frame: object) => void = () => {};
  let become: (state: LineStatus['state']) => void = () => {};
  const status = { state: 'idle', retryAt: null, online: true, reason: null, leads: true } as const;
  const idle = () => {};
  const chat = connect({
    url: 'ws://chat',
    from,
    ports: {
      ...{ clock: fakeClock().clock, fraction: () => 0 },
      ...{ keep: storage.keep, outbox: storage.outbox },
      line: (ears) => {
        tell = (frame) => ears.heard(frame as never);
        become = (state) => ears.changed({ ...status, state });
        return {
          ...{ start: idle, stop: idle, tryNow: idle, useHere: idle, wake: idle, visible: idle },
          ...{ distrust: idle, nudge: idle, status: () => status },
          send: (frame: object) => sent.push(frame as Record<string, unknown>) > 0,
        };
      },
    },
  });
  await settled();
  const said = () => sent.filter(({ action }) => action === 'sendmessage');
  const shown = (room: string) =>
    chat
      .room(room)
      .items()
      .map(({ text, state }) => `${text} ${state}`);
  /** As the line does it: first that it lives, then the welcome. */
  const welcome = (heads: object, over: object = {}) => {
    become('live');
    tell({ type: 'welcome', userId: ME, nickname: 'me', heads, here: {}, leaseMs: 0, ...over });
  };
  const refuse = () => tell({ ...REFUSED, ref: said().at(-1)?.messageId });
  return { chat, storage, said, shown, welcome, refuse, become, tell: (one: object) => tell(one) };
}

test('what failed or was held in a room or to one person is shown again by the next life', async () => {
  const storage = fakeStorage();
  for (const one of [written('tea', 'milk', 'failed'), written(DIRECT, 'psst', 'held')])
    await storage.outbox.put(one);
  const { shown, welcome } = await life(storage);
  welcome({ lobby: 0, tea: 4, [DIRECT]: 2 });
  expect([shown('tea'), shown(DIRECT)]).toEqual([['milk failed'], ['psst held']]);
});

test('what waits for one person goes to them and to nobody else, whichever name sorts first', async () => {
  const storage = fakeStorage();
  for (const one of [written('dm:u_me:u_z', 'to z', 'pending'), written(DIRECT, 'to a', 'pending')])
    await storage.outbox.put(one);
  const { said, welcome } = await life(storage);
  welcome({ lobby: 0 });
  const told = said().map(({ to, message }) => `${message}: ${to}`);
  expect(told.sort()).toEqual(['to a: u_a', 'to z: u_z']);
});

test('a room from which one was removed stays for what was not sent there, shows nothing else, and goes with it', async () => {
  const { chat, shown, welcome, refuse, tell } = await life();
  const removed: string[] = [];
  const asked: string[] = [];
  chat.on('removed', (room) => removed.push(room));
  chat.on('invited', ({ room }) => asked.push(room));
  welcome({ lobby: 0, den: 0 });
  const heard = { type: 'message', room: 'den', seq: 1, userId: 'u_a', messageId: 'm1' };
  tell({ ...heard, nickname: 'a', message: 'secret', timestamp: '2026-11-21T07:30:00.000Z' });
  const messageId = await chat.room('den').say('Am I still in?');
  tell({ type: 'removed', room: 'den', userId: ME });
  tell({ type: 'removed', room: 'den', userId: ME });
  expect([removed, chat.rooms(), chat.isIn('den')]).toEqual([['den'], ['lobby', 'den'], false]);
  refuse();
  expect(shown('den')).toEqual(['Am I still in? failed']);
  tell({ type: 'invited', room: 'den', userId: ME, by: 'u_a' });
  expect(asked).toEqual(['den']);
  chat.tidy('lobby');
  expect(chat.rooms()).toEqual(['lobby', 'den']);
  chat.room('den').discard(messageId);
  chat.tidy('den');
  expect(chat.rooms()).toEqual(['lobby', 'den']);
  chat.tidy('lobby');
  expect(chat.rooms()).toEqual(['lobby']);
});

test('who was removed while away finds what they wrote, in this life and the next, and it goes out once they are back', async () => {
  const storage = fakeStorage();
  const first = await life(storage);
  first.welcome({ lobby: 0, den: 3 });
  first.become('waiting');
  await first.chat.room('den').say('Written away');
  first.welcome({ lobby: 0 });
  first.refuse();
  expect(first.shown('den')).toEqual(['Written away failed']);
  await first.chat.close();

  const { chat, said, shown, welcome, tell } = await life(storage);
  welcome({ lobby: 0 });
  welcome({ lobby: 0 });
  expect([shown('den'), chat.isIn('den')]).toEqual([['Written away failed'], false]);
  const joining = chat.join('den');
  tell({ type: 'joined', room: 'den', head: 3 });
  const den = await joining;
  expect([shown('den'), chat.isIn('den')]).toEqual([['Written away failed'], true]);
  den.retry(den.items()[0]?.messageId ?? '');
  await settled();
  expect(said().at(-1)).toMatchObject({ room: 'den', message: 'Written away' });
});

test('who leaves a room with nothing unsent is out of it at once', async () => {
  const { chat, welcome, tell } = await life();
  welcome({ lobby: 0, den: 0 });
  tell({ type: 'left', room: 'den' });
  expect(chat.rooms()).toEqual(['lobby']);
});

test('who reads everything by a cursor is in the rooms of the welcome and in no other', async () => {
  const storage = fakeStorage();
  await storage.outbox.put(written('den', 'Lost', 'failed'));
  const { chat, welcome, tell } = await life(storage, 'cursor');
  expect(chat.rooms()).toEqual(['lobby']);
  welcome({ lobby: 0, den: 0 });
  tell({ type: 'left', room: 'den' });
  expect(chat.rooms()).toEqual(['lobby']);
});

test('the rooms of the last life are there before any server answers, and what is written there is kept', async () => {
  const storage = fakeStorage();
  const first = await life(storage);
  first.welcome({ lobby: 0, tea: 2, [DIRECT]: 1 });
  await first.chat.close();
  const second = await life(storage);
  expect(second.chat.rooms()).toEqual(['lobby', 'tea', DIRECT]);
  expect(second.chat.me().nickname).toBe('me');
  await second.chat.room('tea').say('Anybody here?');
  await second.chat.close();

  const { chat, said, shown, welcome } = await life(storage);
  expect(shown('tea')).toEqual(['Anybody here? pending']);
  welcome({ lobby: 0, tea: 2, attic: 0 });
  expect(said()).toMatchObject([{ room: 'tea', message: 'Anybody here?' }]);
  expect(chat.rooms()).toEqual(['lobby', 'tea', DIRECT, 'attic']);
  welcome({ lobby: 0, tea: 2 });
  await chat.close();
  expect((await life(storage)).chat.rooms()).toEqual(['lobby', 'tea', DIRECT]);
});
