// A server that misbehaves on request: events three times, late and out of order, dropped posts, cut sockets, no `$disconnect`.
import { afterEach, expect, test } from '@jest/globals';
import { agree, everybodyLeaves, joinLive } from '../delivery/member.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { storedMessages } from './stored.ts';

const seed = Number(process.env.CONTRACT_SEED ?? 1);
const copies = 3;
const TIME_MS = 90_000;
let chat: LocalRuntime | undefined;

afterEach(async () => {
  await everybodyLeaves();
  await chat?.stop();
  chat = undefined;
});

test.each([
  ['I2: the bus delivers everything three times', { bus: { copies, seed } }],
  [
    // 60 s on the clients' hasty clock; in the search of interleavings an execution is as late as it likes.
    'I4, I5, I6: the bus is late by up to a minute of the clients’, and out of order',
    { bus: { copies, delayMs: [0, 12_000], seed } },
  ],
  ['I1: a third of all posts finds its connection gone', { gateway: { goneRate: 0.33, seed } }],
  [
    'I1, I13: sockets are cut at random, and no leaving is told',
    { gateway: { cutRate: 0.05, loseDisconnects: true, seed } },
  ],
  [
    'I1: posts and tables are throttled',
    { gateway: { throttleRate: 0.2, seed }, tables: { throttleRate: 0.1, seed } },
  ],
])(
  '%s',
  async (_, faults) => {
    chat = await startLocal(['--faults', JSON.stringify(faults)]);
    const { websocket } = chat;
    const members = await Promise.all([1, 2, 3].map(() => joinLive(websocket, 'faulty')));
    const counts = [0, 1, 2];
    const said = members.flatMap((member, at) => counts.map((n) => member.says(`${at} ${n}`)));
    const ids = await Promise.all(said);
    const list = await agree(members, said.length, TIME_MS);
    for (const at of members.keys()) {
      const own = list.map(({ text }) => text).filter((text) => text.startsWith(`${at} `));
      expect(own).toEqual(counts.map((n) => `${at} ${n}`));
    }
    const stored = (await storedMessages(chat.aws)).map(({ messageId }) => messageId);
    expect(stored.toSorted()).toEqual(ids.toSorted());
  },
  TIME_MS + 30_000,
);
