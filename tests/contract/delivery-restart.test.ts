// The server is killed in mid-send and comes back: nothing that was written is lost or doubled.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { agree, everybodyLeaves, joinLive, until } from '../delivery/member.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { storedMessages } from './stored.ts';

const running: LocalRuntime[] = [];
const folders: string[] = [];

async function start(data: string): Promise<LocalRuntime> {
  const chat = await startLocal(['--data', data]);
  running.push(chat);
  return chat;
}

afterEach(async () => {
  await everybodyLeaves();
  await running.at(-1)?.stop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'I1, I2, I6, I9: a server ended by %s in mid-send, and started again',
  async (signal) => {
    const data = await mkdtemp(path(tmpdir(), 'hubbub-restart-'));
    folders.push(data);
    const first = await start(data);
    const members = await Promise.all([1, 2, 3].map(() => joinLive(first.websocket, 'restarted')));
    const counts = [0, 1, 2, 3, 4, 5, 6, 7];
    const said = members.flatMap((member, at) => counts.map((n) => member.says(`${at} ${n}`)));
    await until(
      'something sent',
      () => members[0]?.words() ?? [],
      ({ length }) => length > 1,
    );
    await first.end(signal);
    const second = await start(data);
    for (const { proxy } of members) proxy.target = second.websocket;

    const ids = await Promise.all(said);
    const list = await agree(members, said.length);
    for (const at of members.keys()) {
      const own = list.map(({ text }) => text).filter((text) => text.startsWith(`${at} `));
      expect(own).toEqual(counts.map((n) => `${at} ${n}`));
    }
    const stored = (await storedMessages(second.aws)).map(({ messageId }) => messageId);
    expect(stored.toSorted()).toEqual(ids.toSorted());
  },
);
