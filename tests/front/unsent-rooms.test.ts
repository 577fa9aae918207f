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
async function life(storage = fakeStorage()) {
  const sent: Record<string, unknown>[] = [];
  let tell: (frame: object) => void = () => {};
  let become: (state: LineStatus['state']) => void = () => {};
  const status = { state: 'idle', retryAt: null, online: true, reason: null, leads: true } as const;
  const idle = () => {};
  const chat = connect({
    url: 'ws://chat',
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
