// Promise: a stranger's page gets no socket, and who speaks too fast is told to wait and loses nothing.
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { connect } from '../../front/src/core/chat.js';
import { LIMITS } from '../../shared/src/protocol/limits.ts';
import { type Line, me, openLine } from '../product/line.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';

const faults = { bus: { copies: 2, delayMs: [0, 100], seed: 1 } };
/** As the product has it; the other contracts speak faster. */
const PEOPLE = ['--parameter', 'MessageBurst=10', '--parameter', 'MessagesPerSecond=2'];
/** More than the stage takes: what these tests hold is the limit of one socket, which is counted behind the stage's. */
const WIDE_STAGE = ['--parameter', 'FramesPerSecond=10000', '--parameter', 'FramesBurst=5000'];

describe.each([
  ['this machine', []],
  ['this machine with faults', ['--faults', JSON.stringify(faults)]],
])('on %s', (_, flags) => {
  let chat: LocalRuntime;
  const lines: Line[] = [];
  beforeAll(async () => {
    chat = await startLocal([...PEOPLE, ...WIDE_STAGE, ...flags]);
  });
  afterEach(() => {
    for (const line of lines.splice(0)) line.cut();
  });
  afterAll(() => chat.stop());

  const statusFor = async (headers: Record<string, string | string[]>) => {
    const socket = new WebSocket(chat.websocket, 'chat.v1', {
      headers: headers as Record<string, string>,
    });
    socket.on('error', () => undefined);
    const opened = once(socket, 'open').then(() => 101);
    const refused = once(socket, 'unexpected-response').then(
      ([, response]) => (response as { statusCode: number }).statusCode,
    );
    // The loser of the two never comes, or ends with the socket.
    for (const one of [opened, refused]) one.catch(() => undefined);
    const status = await Promise.race([opened, refused]);
    socket.terminate();
    return status;
  };

  test('the page of this machine, under either name, and a client of no page come in', async () => {
    expect(await statusFor({ Origin: chat.page })).toBe(101);
    expect(await statusFor({ Origin: chat.page.replace('127.0.0.1', 'localhost') })).toBe(101);
    expect(await statusFor({})).toBe(101);
  });

  test('any other page is refused with 403, though it names the right one too', async () => {
    for (const origin of ['null', 'https://evil.example', `${chat.page}0`, `${chat.page}/`])
      expect([origin, await statusFor({ Origin: origin })]).toEqual([origin, 403]);
    expect(await statusFor({ Origin: [chat.page, 'https://evil.example'] })).toBe(403);
  });

  test('a client that writes faster than it may send waits, and everything is said once and in order', async () => {
    const [speaker, listener] = [
      connect({ url: chat.websocket }),
      connect({ url: chat.websocket }),
    ];
    const heard = listener.room('lobby')[Symbol.asyncIterator]();
    await new Promise<void>((done) => {
      listener.on('status', ({ state }) => state === 'live' && done());
    });
    const texts = Array.from({ length: 14 }, (_, at) => `number ${at}`);
    for (const text of texts) await speaker.room('lobby').say(text);
    const said: string[] = [];
    while (said.length < texts.length) said.push((await heard.next()).value?.text ?? '');
    expect(said).toEqual(texts);
    await speaker.close();
    await listener.close();
  });

  test('a line that sends forty frames at once hears when to send again, about the very message', async () => {
    const line = await openLine(chat.websocket);
    lines.push(line);
    line.send(me());
    await line.hears({ type: 'welcome' });
    const ids = Array.from({ length: 40 }, () => crypto.randomUUID());
    for (const messageId of ids) line.send({ action: 'sendmessage', messageId, message: 'quick' });
    const { ref, retry, afterMs } = await line.hears({ type: 'error', code: 'RateLimited' });
    expect(ids).toContain(ref);
    expect(retry).toBe(true);
    expect(afterMs).toBeGreaterThan(0);
    // One token's time, and what passed between looking at the clock and at the bucket; never a whole bucket's.
    expect(afterMs).toBeLessThan(5_000);
  });

  const misuses = {
    'frames that cannot be read': { frames: LIMITS.badFrames, frame: { action: 'ping', n: -1 } },
    'unknown actions': { frames: LIMITS.badFrames, frame: { action: 'dance' } },
    // Each of at most 16 sandboxes counts for itself.
    'far too many frames': { frames: 17 * LIMITS.refusals, frame: { action: 'ping' } },
  };
  test.each(Object.entries(misuses))(
    'a socket that sends %s is ended, and no other',
    async (_, misuse) => {
      const [misused, other] = [await openLine(chat.websocket), await openLine(chat.websocket)];
      lines.push(misused, other);
      misused.send(me());
      other.send(me());
      await Promise.all([misused.hears({ type: 'welcome' }), other.hears({ type: 'welcome' })]);
      for (let at = 0; at < misuse.frames; at += 1) misused.send(misuse.frame);
      await misused.ended;
      other.send({ action: 'ping', n: 7 });
      await other.hears({ type: 'pong', n: 7 });
    },
  );
});
