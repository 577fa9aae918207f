// The bot of examples/bot.js, as a process on a whole machine: it answers once per question, though it is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from '../../front/src/core/chat.js';
import { type Machine, startMachine } from '../browser/machine.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'bot-'));
const bots: ChildProcess[] = [];
let machine: Machine;

beforeAll(async () => {
  machine = await startMachine();
});
afterAll(async () => {
  for (const bot of bots) bot.kill('SIGKILL');
  await machine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts it, and waits until it is live. */
async function startBot() {
  const args = ['examples/bot.js', machine.websocket, folder];
  const bot = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  bots.push(bot);
  for await (const line of createInterface(bot.stdout)) if (line === 'live') return bot;
  throw new Error('The bot ended before it was live.');
}

test('answers each question once, in order, though it is killed in between', async () => {
  const chat = connect({ url: machine.websocket, nickname: 'ada', from: 'cursor' });
  const lobby = chat.room('lobby');
  const heard: string[] = [];
  const messages = lobby[Symbol.asyncIterator]();
  const hear = async (count: number) => {
    while (heard.length < count) {
      const next = await messages.next();
      if (next.done) return;
      heard.push(next.value.own ? next.value.text : 'an answer');
    }
  };
  const bot = await startBot();
  await lobby.say('!time');
  await hear(2);
  const gone = once(bot, 'exit');
  bot.kill('SIGKILL');
  await gone;
  for (const text of ['!time', 'never mind', '!time']) await lobby.say(text);
  await hear(5);
  await startBot();
  await hear(7);
  // What it would say twice stands before this.
  await lobby.say('!time');
  await hear(9);
  expect(heard).toEqual([
    ...['!time', 'an answer'],
    ...['!time', 'never mind', '!time', 'an answer', 'an answer'],
    ...['!time', 'an answer'],
  ]);
  await chat.close();
});
