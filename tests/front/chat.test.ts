// Proves the public face: said, ticked, refused; complete after any absence; once each across restarts.
import { describe, expect, test } from '@jest/globals';
import { type ChatPorts, connect } from '../../front/src/core/chat.js';
import type { Socket } from '../../front/src/core/line.js';
import { seededChance } from './chance.ts';
import { hostileServer } from './hostile-server.ts';
import { person } from './person.ts';
import { fakeClock, fakeSockets, settled, welcome } from './workbench.ts';

type Open = ChatPorts['openSocket'];

/** A server that behaves, and an ear on what the client asks. */
function town() {
  const { clock, live } = fakeClock();
  const chance = seededChance(1);
  const server = hostileServer(clock, chance);
  Object.assign(server.faults, { frames: false, crashes: false });
  const asked: { action: string; before?: number; ranges?: [number, number][] }[] = [];
  const openSocket: Open = (url, protocols, events) => {
    const socket = server.openSocket(url, protocols, events);
    const send: Socket['send'] = (text) => {
      asked.push(JSON.parse(text));
      socket.send(text);
    };
    return { send, close: socket.close };
  };
  const world = { clock, chance, openSocket };
  const history = () => asked.filter((frame) => frame.action === 'history');
  const say = (count: number, from = 1) => {
    for (let n = from; n < from + count; n += 1) server.say(`m${n}`);
  };
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, n) => from + n);
  const seqs = (one: ReturnType<typeof person>) => one.view().rows.map((row) => row.seq);
  return { clock, live, server, world, history, asked, say, numbers, seqs };
}

/** A client and a socket that says only what the test says. */
async function alone(heads: Record<string, number> = {}) {
  const { clock, live } = fakeClock();
  const sockets = fakeSockets();
  const chance = seededChance(1);
  const ada = person('ada', { clock, chance, openSocket: sockets.openSocket });
  const hear = (frame: object) => sockets.latest().events.heard(JSON.stringify(frame));
  await settled();
  sockets.latest().events.opened();
  hear(welcome(heads));
  const sent = () =>
    sockets
      .latest()
      .sent.slice(1)
      .map((text) => JSON.parse(text));
  const states = () => ada.view().rows.map((row) => [row.text, row.state]);
  return { ada, live, sockets, hear, sent, states };
}

const message = (seq: number, over: object = {}) => {
  const who = { userId: 'u1', nickname: 'guest-ab12', message: `text ${seq}` };
  const timestamp = '2026-11-21T07:30:00.000Z';
  return { type: 'message', room: 'lobby', seq, messageId: `m${seq}`, ...who, timestamp, ...over };
};

describe('connecting', () => {
  test.each([{ nickname: 'x'.repeat(33) }, { rooms: ['my room!'] }])(
    'is refused at once with what no server takes (%j)',
    (introduction) => {
      expect(() => connect({ url: 'wss://x', ...introduction })).toThrow(RangeError);
    },
  );
});

describe('the chat', () => {
  test('ack: accepted does not tick, the message itself does', async () => {
    const { ada, hear, sent, states } = await alone();
    await ada.room().say('  hi \n');
    expect(sent()).toMatchObject([{ action: 'sendmessage', room: 'lobby', message: 'hi' }]);
    const { messageId } = sent()[0];
    hear({ type: 'accepted', messageId });
    expect(states()).toEqual([['hi', 'pending']]);
    hear(message(1, { messageId, message: 'hi' }));
    hear(message(1, { messageId, message: 'hi' }));
    expect(states()).toEqual([['hi', 'sent']]);
  });

  test('echo pairing: message before accepted is the same one row', async () => {
    const { ada, hear, sent, states } = await alone();
    await ada.room().say('hi');
    const { messageId } = sent()[0];
    hear(message(1, { messageId, message: 'hi' }));
    hear({ type: 'accepted', messageId });
    expect(states()).toEqual([['hi', 'sent']]);
  });

  test('shows it as pending only once it is kept', async () => {
    const { ada, states } = await alone();
    let keep = () => {};
    ada.storage.outbox.put = () =>
      new Promise((resolve) => {
        keep = resolve;
      });
    const said = ada.room().say('hi');
    await settled();
    expect(states()).toEqual([]);
    keep();
    await said;
    expect(states()).toEqual([['hi', 'pending']]);
  });

  test('a refused message fails with its reason, and can be retried or discarded', async () => {
    const { ada, sent, hear } = await alone();
    const ref = await ada.room().say('no');
    hear({ type: 'error', ref, code: 'NotInRoom', retry: false, afterMs: 0, message: 'Not here.' });
    expect(ada.room().items()[0]).toMatchObject({ state: 'failed', reason: 'Not here.' });
    ada.room().retry(ref);
    await settled();
    expect(sent().map((frame) => frame.messageId)).toEqual([ref, ref]);
    ada.room().discard(ref);
    expect(ada.room().items()).toEqual([]);
  });

  test.each(['Too Many Requests', 'Internal server error', 'Forbidden'])(
    'retries after the gateway’s own "%s"',
    async (says) => {
      const { ada, sent, hear, live } = await alone();
      await ada.room().say('hi');
      hear({ message: says, connectionId: 'c', requestId: 'r' });
      await live(2_000);
      expect(sent().filter((frame) => frame.action === 'sendmessage')).toHaveLength(2);
    },
  );

  test.each(['', 'null', '[]', '{"type":"message"}', '{"type":"new"}', '{"__proto__":1}'])(
    'versions: is not disturbed by the frame %j',
    async (text) => {
      const { ada, sockets } = await alone();
      sockets.latest().events.heard(text);
      expect(ada.room().items()).toEqual([]);
      expect(ada.chat().status().state).toBe('live');
    },
  );

  test.each([' \n', '😀'.repeat(4_001), '\u0001'.repeat(3_000)])(
    'takes nothing empty or too long (%#)',
    async (text) => {
      const { ada } = await alone();
      await expect(ada.room().say(text)).rejects.toThrow(RangeError);
    },
  );

  test('tells another person’s message once, though it comes twice', async () => {
    const { ada, hear } = await alone();
    const arrived: number[] = [];
    ada.room().on('arrived', (item) => arrived.push(item.seq));
    for (const seq of [2, 2, 1, 1]) hear(message(seq));
    expect(arrived).toEqual([2, 1]);
  });
});

/** The answer to question n: it is on its way. */
const nothing = (seq: number, head: number, n: number) => {
  const places = { items: [], void: [], from: seq, to: seq, head, more: false };
  return { type: 'history', n, room: 'lobby', ...places };
};

describe('the server’s time', () => {
  const SAID = Date.UTC(2026, 10, 21, 7, 30);
  const at = (minutes: number) => new Date(SAID + minutes * 60_000).toISOString();

  test('is what an answer says, even an earlier one; no repeated welcome and no late message sets it back', async () => {
    const { ada, hear } = await alone();
    const now = () => (ada.chat().now() - SAID) / 60_000;
    const pong = (minutes: number) =>
      hear({ type: 'pong', now: at(minutes), heads: { lobby: 0 }, present: {} });
    expect(now()).toBe(0);
    pong(90);
    hear(message(1, { timestamp: at(30) }));
    hear(welcome({ lobby: 1 }));
    expect(now()).toBe(90);
    hear(message(2, { timestamp: at(100) }));
    expect(now()).toBe(100);
    pong(60);
    expect(now()).toBe(60);
    hear({ type: 'pong', heads: {}, present: {} });
    expect(now()).toBe(60);
  });
});

describe('after a failure', () => {
  test('of one say the room speaks on', async () => {
    const { ada, sent } = await alone();
    ada.world.digest = () => Promise.reject(new TypeError('crypto.subtle is undefined'));
    await expect(ada.room().say('one', { once: 'm1' })).rejects.toThrow(TypeError);
    await ada.room().say('two');
    expect(sent()).toMatchObject([{ message: 'two' }]);
  });

  test('of a listener the others hear, the message is sent, and trouble tells', async () => {
    const { ada, sent, states } = await alone();
    const troubles: Error[] = [];
    ada.chat().on('trouble', (error) => troubles.push(error));
    ada.room().on('changes', () => {
      throw new Error('No such row.');
    });
    const seen: number[] = [];
    ada.room().on('changes', (changes) => seen.push(changes.length));
    await ada.room().say('hi');
    expect(sent()).toMatchObject([{ message: 'hi' }]);
    expect(states()).toEqual([['hi', 'pending']]);
    expect(seen).toEqual([1]);
    expect(troubles.map((error) => error.message)).toEqual(['No such row.']);
  });
});

describe('what is missing', () => {
  test('id + seq: a hole is asked for exactly, after a moment for it to fill by itself', async () => {
    const { ada, hear, live, sent } = await alone();
    for (const seq of [1, 4, 7]) hear(message(seq));
    expect(sent()).toEqual([]);
    await live(1_000);
    expect(sent()).toEqual([
      {
        action: 'history',
        n: expect.any(Number),
        room: 'lobby',
        ranges: [
          [2, 3],
          [5, 6],
        ],
      },
    ]);
    const items = [2, 5, 6].map((seq) => message(seq));
    const places = { items, void: [3], from: 2, to: 6, head: 7, more: false };
    hear({ type: 'history', n: sent()[0].n, room: 'lobby', ...places });
    expect(ada.view().rows.map((row) => row.seq)).toEqual([1, 2, 4, 5, 6, 7]);
    await live(20_000);
    expect(sent().filter((frame) => frame.action === 'history')).toHaveLength(1);
  });

  test('hot room: what is still on its way is asked for again, ever more rarely, until it comes', async () => {
    const { hear, live, sent } = await alone();
    for (const seq of [1, 3]) hear(message(seq));
    const waits: number[] = [];
    for (let times = 1; times < 7; times += 1) {
      let ms = 0;
      for (; sent().filter((frame) => frame.ranges).length < times; ms += 100) await live(100);
      waits.push(ms);
      hear(nothing(2, 3, sent().at(-1).n));
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_100);
    expect(waits.at(-1)).toBeGreaterThan(5 * (waits[0] ?? 0));
    hear(message(2));
    await live(14_000);
    expect(sent().filter((frame) => frame.ranges)).toHaveLength(waits.length);
  });

  test('a hole that nobody can fill is asked for rarely, until something new is said', async () => {
    const { hear, live, sent } = await alone();
    const asked = () => sent().filter((frame) => frame.ranges);
    let pongs = 0;
    async function pass(ms: number) {
      for (let at = 0; at < ms; at += 1_000) {
        const before = asked().length;
        await live(1_000);
        const pings = sent().filter((frame) => frame.action === 'ping');
        if (pings.length > pongs) hear({ type: 'pong', heads: { lobby: 2 } });
        pongs = pings.length;
        if (asked().length > before) hear(nothing(2, 2, asked().at(-1).n));
      }
    }
    hear(message(1));
    hear({ type: 'pong', heads: { lobby: 2 } });
    // Before the line rotates.
    await pass(80 * 60_000);
    const quiet = asked().length;
    expect(quiet).toBeGreaterThan(9);
    expect(quiet).toBeLessThan(35);
    hear(message(3));
    await pass(60_000);
    expect(asked().length).toBeGreaterThan(quiet);
  });

  test('a crowd that misses the same number asks for it over the window that welcome told', async () => {
    const { ada, hear, live, sent, sockets } = await alone();
    expect(ada.chat().status().state).toBe('live');
    sockets.latest().events.closed();
    await live(10_000);
    sockets.latest().events.opened();
    hear(welcome({}, { spreadMs: 10 * 60_000 }));
    for (const seq of [1, 3]) hear(message(seq));
    await live(2_000);
    expect(sent()).toEqual([]);
  });

  test('another tab’s answer is not taken for one’s own: the beginning is not reached by it', async () => {
    const { ada, hear, sent } = await alone({ lobby: 200 });
    const page = (from: number) => ({
      ...{ type: 'history', n: sent().at(-1).n, room: 'lobby' },
      items: Array.from({ length: 50 }, (_, at) => message(from + at)),
      ...{ void: [], from, to: from + 49, head: 200, more: true },
    });
    hear(page(151));
    const older = ada.room().older();
    expect(sent().at(-1)).toMatchObject({ before: 151 });
    const { n } = sent().at(-1);
    hear({ ...nothing(150, 200, n + 1), void: [150] });
    hear({ ...nothing(150, 200, n - 1) });
    hear(page(101));
    expect(await older).toBe(true);
    expect(ada.view().rows[0]?.seq).toBe(101);
  });

  test('fan-out: every push lost, all converge within one ping', async () => {
    const { server, live, world, say, seqs, numbers } = town();
    const ada = person('ada', world);
    await live(1_000);
    server.faults.dropsPushes = true;
    say(5);
    await live(32_000);
    expect(seqs(ada)).toEqual(numbers(1, 5));
  });

  test('history size and resume: a gap of many pages is filled without gap or double', async () => {
    const { server, live, world, say, seqs, numbers, history } = town();
    const ada = person('ada', world);
    await live(1_000);
    server.faults.refusesAll = true;
    server.cut(ada.clientId());
    await live(1_000);
    say(60);
    server.faults.refusesAll = false;
    await live(70_000);
    expect(seqs(ada)).toEqual(numbers(1, 60));
    expect(history().length).toBeGreaterThan(8);
  });

  test('a gap larger than what is kept jumps to the newest page, and pages back', async () => {
    const { server, live, world, say, seqs, numbers } = town();
    const ada = person('ada', world);
    await live(1_000);
    say(3);
    await live(1_000);
    server.faults.refusesAll = true;
    server.cut(ada.clientId());
    await live(1_000);
    say(5_000, 4);
    server.faults.refusesAll = false;
    await live(70_000);
    expect(seqs(ada)).toEqual(numbers(4_997, 5_003));
    const older = ada.room().older();
    await live(1_000);
    expect(await older).toBe(true);
    expect(seqs(ada)).toEqual(numbers(4_990, 5_003));
  });

  test('memory is bounded: the oldest go, unless somebody reads back', async () => {
    const { live, world, say, seqs, numbers } = town();
    const ada = person('ada', world);
    await live(1_000);
    for (let from = 1; from <= 900; from += 100) {
      say(100, from);
      await live(2_000);
    }
    expect(seqs(ada)).toEqual(numbers(501, 900));
    const older = ada.room().older();
    await live(1_000);
    expect(await older).toBe(true);
    expect(seqs(ada)).toEqual(numbers(494, 900));
    ada.room().newest();
    expect(seqs(ada)).toEqual(numbers(501, 900));
  });

  test('a server that lost its tables is believed', async () => {
    const { ada, hear, sockets, live } = await alone();
    for (const seq of [1, 2]) hear(message(seq));
    sockets.latest().events.closed();
    await live(10_000);
    sockets.latest().events.opened();
    hear(welcome({ lobby: 0 }));
    expect(ada.view().rows).toEqual([]);
    hear(message(1, { messageId: 'other' }));
    expect(ada.view().rows.map((row) => row.key)).toEqual(['other']);
  });
});

describe('a bot', () => {
  test('reads more than a thousand that it missed, once each and in order, across restarts', async () => {
    const { server, live, world, say, numbers } = town();
    const bot = person('bot', world, 'cursor');
    const faults: unknown[] = [];
    const read = () => void bot.reads().catch((error) => faults.push(error));
    read();
    await live(1_000);
    server.faults.refusesAll = true;
    server.cut(bot.clientId());
    say(1_500);
    server.faults.refusesAll = false;
    for (let restart = 0; restart < 4; restart += 1) {
      await live(10_000);
      await bot.crash();
      read();
    }
    await live(10 * 60_000);
    expect(bot.read).toEqual(numbers(1, 1_500));
    expect(faults).toEqual([]);
  });

  test.each([0, 1])(
    'whose handler fails gets that message again, and all after it (failing after %d)',
    async (done) => {
      const { live, world, say, numbers } = town();
      const bot = person('bot', world, 'cursor');
      await live(1_000);
      const cursor = () => bot.storage.keep.read('cursor.lobby');
      async function fails() {
        let count = 0;
        for await (const _ of bot.room()) {
          if (count === done) throw new Error('The handler fails.');
          count += 1;
        }
      }
      const failed = expect(fails()).rejects.toThrow('The handler fails.');
      say(3);
      await live(2_000);
      await failed;
      say(1, 4);
      await live(2_000);
      expect(cursor()).toBe(done);
      const faults: unknown[] = [];
      bot.reads().catch((error) => faults.push(error));
      await live(2_000);
      expect(bot.read).toEqual(numbers(done + 1, 4));
      expect(cursor()).toBe(4);
      expect(faults).toEqual([]);
    },
  );

  test('a loop that is left does not hold up another that reads on', async () => {
    const { live, world, say, numbers } = town();
    const bot = person('bot', world, 'cursor');
    const faults: unknown[] = [];
    bot.reads().catch((error) => faults.push(error));
    const other = bot.room()[Symbol.asyncIterator]();
    await live(1_000);
    say(1);
    await live(1_000);
    await other.next();
    await other.return?.();
    expect(await other.next()).toMatchObject({ done: true });
    say(1_500, 2);
    await live(10 * 60_000);
    expect(bot.read).toEqual(numbers(1, 1_501));
    expect(faults).toEqual([]);
  });

  test('begins with what is said from now on', async () => {
    const { live, world, say, numbers } = town();
    say(20);
    const bot = person('bot', world, 'cursor');
    const faults: unknown[] = [];
    bot.reads().catch((error) => faults.push(error));
    await live(1_000);
    say(3, 21);
    await live(2_000);
    expect(bot.read).toEqual(numbers(21, 23));
    expect(faults).toEqual([]);
  });
});
