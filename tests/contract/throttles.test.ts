// Promise: a throttled stage costs its clients time, and nothing else; one address may come in only so often.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { connect } from '../../front/src/core/chat.js';
import type { OpenSocket } from '../../front/src/core/line.js';
import { openSocket } from '../../front/src/ports/socket.js';
import { type LocalRuntime, ROOT, startLocal } from './runtime.ts';
import { eventually, storedMessages } from './stored.ts';

const DEADLINE_MS = 300_000;

const atEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of atEnd.splice(0).reverse()) await end();
});

async function start(...parameters: string[]): Promise<LocalRuntime> {
  const flags = parameters.flatMap((parameter) => ['--parameter', parameter]);
  const runtime = await startLocal(['--quiet', ...flags]);
  atEnd.push(() => runtime.stop());
  return runtime;
}

/** The page's own client core, on sockets that are counted with what the gateway refused on them. */
function person(url: string) {
  const seen = { sockets: 0, opened: 0, refused: [] as string[] };
  const counted: OpenSocket = (to, protocols, events) => {
    seen.sockets += 1;
    return openSocket(to, protocols, {
      ...events,
      opened() {
        seen.opened += 1;
        events.opened();
      },
      heard(text) {
        const { type, message } = JSON.parse(text) as { type?: string; message: string };
        if (type === undefined) seen.refused.push(message);
        events.heard(text);
      },
    });
  };
  const chat = connect({ url, from: 'cursor', rooms: ['lobby'], ports: { openSocket: counted } });
  atEnd.push(() => chat.close());
  const live = new Promise<void>((done) => {
    chat.on('status', ({ state }) => state === 'live' && done());
  });
  return { lobby: chat.room('lobby'), live, seen };
}

/** examples/bot.js as a process: answers each "!time". Resolves when it is live; `states` are all that it has printed. */
async function startBot(url: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bot-'));
  const bot: ChildProcess = spawn(process.execPath, ['examples/bot.js', url, folder], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(bot, 'exit');
  atEnd.push(async () => {
    bot.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  if (!bot.stdout) throw new Error('The bot has no output.');
  const states: string[] = [];
  const lines = createInterface(bot.stdout);
  await new Promise<void>((done, fail) => {
    lines.on('line', (line) => {
      states.push(line);
      if (line === 'live') done();
    });
    void ended.then(() => fail(new Error('The bot ended before it was live.')));
  });
  return states;
}

/** Reads until so many were heard: own ones too, each as often as it came. */
async function hears(lobby: ReturnType<typeof person>['lobby'], count: number) {
  const heard: { text: string; own: boolean }[] = [];
  for await (const { text, own } of lobby) {
    heard.push({ text, own });
    if (heard.length === count) break;
  }
  return heard;
}

async function statusFor(url: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(url, 'chat.v1', { headers });
  socket.on('error', () => undefined);
  const opened = once(socket, 'open').then(() => 101);
  const refused = once(socket, 'unexpected-response').then(
    ([, response]) => (response as { statusCode: number }).statusCode,
  );
  for (const one of [opened, refused]) one.catch(() => undefined);
  const status = await Promise.race([opened, refused]);
  socket.terminate();
  return status;
}

test(
  'through a stage of two frames a second, 50 messages of a person and a bot all arrive, once, on sockets that live',
  async () => {
    const { websocket, aws } = await start('FramesPerSecond=2', 'FramesBurst=2');
    const ada = person(websocket);
    await ada.live;
    const botStates = await startBot(websocket);
    const heard = hears(ada.lobby, 50);
    for (let n = 0; n < 25; n += 1) await ada.lobby.say('!time');
    const messages = await heard;
    expect(messages.filter(({ own }) => own)).toHaveLength(25);
    expect(messages.filter(({ text }) => text.includes('asked at'))).toHaveLength(25);

    const stored = await eventually(
      '50 stored messages',
      () => storedMessages(aws),
      ({ length }) => length >= 50,
    );
    expect(stored).toHaveLength(50);
    expect(new Set(stored.map(({ messageId }) => messageId)).size).toBe(50);
    expect(ada.seen.refused.length).toBeGreaterThan(0);
    expect(new Set(ada.seen.refused)).toEqual(new Set(['Too Many Requests']));
    expect(ada.seen.opened).toBe(1);
    expect(botStates.filter((state) => state === 'live')).toHaveLength(1);
  },
  DEADLINE_MS,
);

test(
  'where each route may run once at a time, five people come in and all that they say arrives once',
  async () => {
    const { websocket, aws } = await start(
      'RouteReservedConcurrency=1',
      'BroadcastReservedConcurrency=1',
    );
    const people = Array.from({ length: 5 }, () => person(websocket));
    await Promise.all(people.map(({ live }) => live));
    const heard = people.map(({ lobby }) => hears(lobby, 25));
    for (let n = 0; n < 5; n += 1)
      await Promise.all(people.map(({ lobby }, who) => lobby.say(`${who}:${n}`)));
    const all = people.flatMap((_, who) => [0, 1, 2, 3, 4].map((n) => `${who}:${n}`)).toSorted();
    for (const messages of await Promise.all(heard))
      expect(messages.map(({ text }) => text).toSorted()).toEqual(all);
    const stored = await storedMessages(aws);
    expect(stored.map(({ text }) => text).toSorted()).toEqual(all);

    // Lambda refused some of them, or this test would prove nothing.
    const refused = people.flatMap(({ seen }) => seen.refused);
    const closedDoors = people.map(({ seen }) => seen.sockets - seen.opened);
    expect(refused.length + Math.max(...closedDoors)).toBeGreaterThan(0);
    for (const message of refused) expect(message).toBe('Internal server error');
  },
  DEADLINE_MS,
);

test('above ConnectionsPerAddress a handshake is refused with 429, and one of a foreign page is not counted', async () => {
  const { websocket } = await start('ConnectionsPerAddress=2');
  const hour = new Date().getUTCHours();
  expect(await statusFor(websocket, { Origin: 'https://evil.example' })).toBe(403);
  const statuses: number[] = [];
  for (let n = 0; n < 4; n += 1) statuses.push(await statusFor(websocket));
  // A clock hour that changes in between lets two more in.
  const isOneHour = new Date().getUTCHours() === hour;
  expect(statuses).toEqual(isOneHour ? [101, 101, 429, 429] : expect.arrayContaining([101]));
});
