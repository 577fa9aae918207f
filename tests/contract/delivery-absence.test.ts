// Away for long, or killed: what a client finds when it comes back, and what it still sends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { agree, everybodyLeaves, joinLive, type Member, until } from '../delivery/member.ts';
import { type BadLine, DROP, openBadLine } from '../delivery/proxy.ts';
import { saidMeanwhile } from '../delivery/said-meanwhile.ts';
import { type LocalRuntime, ROOT, startLocal } from './runtime.ts';
import { storedMessages } from './stored.ts';

/** The limits of an answer, from the page of the wire. */
const MOST_ITEMS = 100;
const MOST_BYTES = 28 * 1024;
const MEANWHILE = 1_205;

let chat: LocalRuntime;
let folder: string;

beforeAll(async () => {
  chat = await startLocal();
  folder = await mkdtemp(path(tmpdir(), 'hubbub-absence-'));
});
afterEach(everybodyLeaves);
afterAll(async () => {
  await chat.stop();
  await rm(folder, { recursive: true });
});

const fits = ({ proxy }: Member) => {
  const answers = proxy.seen.filter(({ way, name }) => way === 'down' && name === 'history');
  for (const { text } of answers) {
    const { items } = JSON.parse(text) as { items: unknown[] };
    expect(items.length).toBeLessThanOrEqual(MOST_ITEMS);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
  }
  return answers.length;
};
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe('a client that is offline across more than 1,000 messages', () => {
  test('I4, I5: a bot reads every one of them, in order, once, in pages that fit a frame', async () => {
    const bot = { folder: path(folder, 'bot'), from: 'cursor' as const };
    const before = await joinLive(chat.websocket, 'bots', bot);
    await (await joinLive(chat.websocket, 'bots')).says('number 1');
    await agree([before], 1);
    for await (const { seq } of before.room) {
      expect(seq).toBe(1);
      break;
    }
    await before.leaves();
    await saidMeanwhile(chat.aws, 'bots', 2, MEANWHILE);

    const after = await joinLive(chat.websocket, 'bots', bot, before.proxy);
    const read: number[] = [];
    for await (const { seq } of after.room) {
      read.push(seq);
      if (seq === MEANWHILE) break;
    }
    // Left in the middle of number 1, the bot is not done with it: it comes again, which is what a restart means.
    expect(read).toEqual(numbers(read[0] ?? 0, MEANWHILE));
    expect([1, 2]).toContain(read[0]);
    expect(fits(after)).toBeGreaterThan(MEANWHILE / MOST_ITEMS);
  });

  test('I4, I9: a page shows the newest, and all the rest when its reader scrolls back', async () => {
    const page = await joinLive(chat.websocket, 'pages');
    await saidMeanwhile(chat.aws, 'pages', 1, MEANWHILE);
    page.proxy.cut();
    await until('the newest', page.screen, (list) => list.at(-1)?.seq === MEANWHILE);
    const newest = page.screen().length;
    expect(newest).toBeLessThanOrEqual(MOST_ITEMS);
    while (await page.room.older()) expect(page.flaws).toEqual([]);
    expect(page.screen().map(({ seq }) => seq)).toEqual(numbers(1, MEANWHILE));
    fits(page);
  });
});

describe('a sender whose process is killed', () => {
  /** Runs a sender to the moment, kills it, and lets another life of it come back from the same folder. */
  async function killed(
    name: string,
    line: BadLine,
    moment: (sender: ChildProcess) => Promise<void>,
  ) {
    const home = path(folder, name);
    const script = path(ROOT, 'tests/delivery/doomed-sender.ts');
    const args = [script, line.url, home, name, 'Last words'];
    const sender = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(sender, 'exit');
    const [said] = (await once(sender.stdout, 'data')) as [Buffer];
    await moment(sender);
    sender.kill('SIGKILL');
    await ended;
    return { home, messageId: String(said).trim() };
  }

  test.each([
    ['between the outbox write and the send', 'unsent', true],
    ['between the send and its answer', 'unanswered', false],
  ])(
    'I1, I2, I10: %s, sends it in its next life, and it is stored once',
    async (_, name, isUnsent) => {
      const bob = await joinLive(chat.websocket, name);
      const line = await openBadLine(chat.websocket);
      line.rule = (frame) => {
        const isLost = isUnsent ? frame.name === 'sendmessage' : frame.name === 'message';
        return isLost ? DROP : undefined;
      };
      const { home, messageId } = await killed(name, line, async () => {
        await until(
          'its sending',
          () => line.seen,
          (seen) => seen.some((one) => one.name === 'sendmessage'),
        );
      });
      line.rule = () => undefined;
      if (!isUnsent) await agree([bob], 1);
      else expect(bob.screen()).toEqual([]);

      const ann = await joinLive(chat.websocket, name, { folder: home }, line);
      const [shown] = await agree([ann, bob], 1);
      expect(shown).toMatchObject({ messageId, text: 'Last words' });
      const stored = (await storedMessages(chat.aws)).filter((one) => one.messageId === messageId);
      expect(stored).toHaveLength(1);
    },
  );
});
