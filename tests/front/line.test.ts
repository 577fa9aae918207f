// Proves that the line greets, returns by itself and without haste, notices its own death, and listens to one socket.
import { describe, expect, test } from '@jest/globals';
import type { ServerFrame } from '../../front/src/core/frame.js';
import { createLine, type LineStatus } from '../../front/src/core/line.js';
import { fakeClock, fakeIdentity, fakeSockets, welcome } from './workbench.ts';

const MINUTE = 60_000;

function start({ fraction = 0.5, forbidden = false } = {}) {
  const { clock, pass, sleep } = fakeClock();
  const sockets = fakeSockets();
  const states: LineStatus[] = [];
  const heard: ServerFrame[] = [];
  const world = { fraction, online: true, forbidden };
  const line = createLine({
    url: 'wss://chat.example.org/dev',
    openSocket(...how) {
      if (world.forbidden) throw new Error('SecurityError');
      return sockets.openSocket(...how);
    },
    clock,
    fraction: () => world.fraction,
    isOnline: () => world.online,
    identity: fakeIdentity(),
    hello: () => ({ nickname: 'ada', rooms: ['lobby'] }),
    changed: (status) => states.push(status),
    heard: (frame) => heard.push(frame),
    nudged: () => {},
  });
  line.start();
  const wait = () => (line.status().retryAt ?? Number.NaN) - clock.now();
  const hear = (frame: object, at = sockets.latest()) => at.events.heard(JSON.stringify(frame));
  const greet = () => {
    sockets.latest().events.opened();
    hear(welcome());
  };
  const frames = (at = sockets.latest()) => at.sent.map((text) => JSON.parse(text));
  const pings = () => frames().filter((frame) => frame.action === 'ping').length;
  const state = () => line.status().state;
  return {
    line,
    pass,
    sleep,
    sockets,
    states,
    heard,
    world,
    wait,
    hear,
    greet,
    frames,
    pings,
    state,
  };
}

/** As API Gateway answers by itself. */
const gateway = (says: string) => ({ message: says, connectionId: 'c', requestId: 'r' });

const message = (seq: number) => ({
  type: 'message',
  room: 'lobby',
  seq,
  messageId: `m${seq}`,
  userId: 'u1',
  nickname: 'x',
  message: 'text',
  timestamp: '2026-11-21T07:30:00.000Z',
});

describe('the greeting', () => {
  test('opens with chat.v1, says hello, and is live only after welcome', () => {
    const { sockets, states, frames, greet } = start();
    expect(sockets.latest()).toMatchObject({
      url: 'wss://chat.example.org/dev',
      protocols: ['chat.v1'],
    });
    greet();
    expect(states.map((status) => status.state)).toEqual(['connecting', 'greeting', 'live']);
    expect(frames()).toEqual([
      {
        action: 'hello',
        v: 1,
        clientId: 'client-1',
        epoch: 1,
        secret: 's'.repeat(43),
        nickname: 'ada',
        rooms: ['lobby'],
      },
    ]);
  });

  test('sends nothing else before welcome', () => {
    const { sockets, line, frames } = start();
    sockets.latest().events.opened();
    expect(line.send({ action: 'ping' })).toBe(false);
    expect(frames()).toHaveLength(1);
  });

  test('subscribe, then snapshot: what comes before welcome is told after it', () => {
    const { sockets, hear, heard } = start();
    sockets.latest().events.opened();
    hear(message(1));
    expect(heard).toEqual([]);
    hear(welcome());
    hear(message(2));
    expect(heard.map((frame) => (frame.type === 'message' ? frame.seq : frame.type))).toEqual([
      'welcome',
      1,
      2,
    ]);
  });

  test('each connect has a greater epoch', () => {
    const { sockets, greet, frames, pass, wait } = start();
    greet();
    sockets.latest().events.closed();
    pass(wait());
    sockets.latest().events.opened();
    expect(frames()[0].epoch).toBe(2);
  });

  test('a welcome that does not come within ten seconds is a failed try', () => {
    const { sockets, pass, state } = start();
    sockets.latest().events.opened();
    pass(9_999);
    expect(state()).toBe('greeting');
    pass(1);
    expect(state()).toBe('waiting');
    expect(sockets.latest().closed).toBe(true);
  });

  test('a handshake that hangs is given up', () => {
    const { pass, state } = start();
    pass(15_000);
    expect(state()).toBe('waiting');
  });

  test.each(['UnsupportedVersion', 'BadField'])(
    'versions: a hello that is refused for good with %s is the end, and says why',
    (code) => {
      const { sockets, hear, pass, line } = start();
      sockets.latest().events.opened();
      hear({ type: 'error', ref: null, code, retry: false, message: 'Reload.' });
      pass(3 * 60 * MINUTE);
      line.tryNow();
      expect(line.status()).toMatchObject({ state: 'closed', reason: 'Reload.', code });
      expect(sockets.opened).toHaveLength(1);
    },
  );

  test('a hello that is told the socket is another user’s comes back on a new socket', () => {
    const { sockets, hear, pass, state } = start();
    sockets.latest().events.opened();
    hear({ type: 'error', ref: null, code: 'ConnectionTaken', retry: false, message: 'New.' });
    expect(state()).toBe('waiting');
    pass(MINUTE);
    expect(sockets.opened.length).toBeGreaterThan(1);
    sockets.latest().events.opened();
    hear(welcome());
    expect(state()).toBe('live');
  });

  test('what is refused of a message says nothing of the hello, and is told after welcome', () => {
    const { sockets, hear, heard, state } = start();
    sockets.latest().events.opened();
    hear({ type: 'error', ref: 'm1', code: 'NotInRoom', retry: false, message: 'No.' });
    expect(state()).toBe('greeting');
    hear(welcome());
    expect(heard.map((frame) => frame.type)).toEqual(['welcome', 'error']);
  });

  test('a socket that may not even be opened is a failed try', () => {
    const { pass, state, world, sockets } = start({ forbidden: true });
    expect(state()).toBe('connecting');
    pass(0);
    expect(state()).toBe('waiting');
    world.forbidden = false;
    pass(60_000);
    expect(sockets.opened.length).toBeGreaterThan(0);
  });

  test.each(['Too Many Requests', 'Internal server error'])(
    'a hello that the gateway answers with "%s" is said again on the same socket, later and ever later',
    (says) => {
      const { sockets, hear, pass, frames, state } = start();
      sockets.latest().events.opened();
      const [hello] = frames();
      for (const [at, wait] of [750, 1_500, 3_000, 6_000, 12_000].entries()) {
        hear(gateway(says));
        pass(wait - 1);
        expect(frames()).toHaveLength(at + 1);
        pass(1);
        expect(frames()).toHaveLength(at + 2);
      }
      expect(new Set(frames().map((frame) => JSON.stringify(frame))).size).toBe(1);
      expect(frames()[0]).toEqual(hello);
      hear(welcome());
      expect([state(), sockets.opened.length]).toEqual(['live', 1]);
    },
  );

  test('a hello that the gateway answers so six times costs its socket, and the line backs off', () => {
    const { sockets, hear, pass, frames, state } = start();
    sockets.latest().events.opened();
    for (const wait of [750, 1_500, 3_000, 6_000, 12_000]) {
      hear(gateway('Too Many Requests'));
      pass(wait);
    }
    expect(frames()).toHaveLength(6);
    expect(state()).toBe('greeting');
    hear(gateway('Too Many Requests'));
    expect([state(), sockets.latest().closed]).toEqual(['waiting', true]);
  });

  test('a hello said again and not answered costs its socket after ten seconds', () => {
    const { sockets, hear, pass, state } = start();
    sockets.latest().events.opened();
    hear(gateway('Too Many Requests'));
    pass(750 + 9_999);
    expect(state()).toBe('greeting');
    pass(1);
    expect(state()).toBe('waiting');
  });

  test.each(['HelloFirst', 'NotConnected'])(
    'says hello anew when the server answers %s',
    (code) => {
      const { greet, hear, pass, sockets, wait } = start();
      greet();
      hear({ type: 'error', ref: null, code, retry: true, afterMs: 1_000, message: '' });
      pass(wait());
      expect(sockets.opened).toHaveLength(2);
    },
  );
});

describe('reconnect', () => {
  test('spreads the first try over the window that welcome told', () => {
    const { sockets, pass, wait, hear } = start({ fraction: 0.999 });
    sockets.latest().events.opened();
    hear(welcome({}, { spreadMs: 28_000 }));
    pass(15_000);
    sockets.latest().events.closed();
    expect(wait()).toBe(27_972);
  });

  test('backs off with full jitter up to 60 seconds', () => {
    const { sockets, pass, wait } = start({ fraction: 0.5 });
    const waits = [];
    for (let fall = 0; fall < 8; fall += 1) {
      sockets.latest().events.closed();
      waits.push(wait());
      pass(wait());
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('does not take an open that is dropped for a success, twenty times', () => {
    const { sockets, pass, wait } = start();
    for (let fall = 0; fall < 20; fall += 1) {
      sockets.latest().events.opened();
      sockets.latest().events.closed();
      if (fall > 4) expect(wait()).toBe(30_000);
      pass(wait());
    }
  });

  test('slows down though every try is welcomed, if it is dropped at once', () => {
    const { sockets, pass, wait, greet } = start();
    for (let fall = 0; fall < 6; fall += 1) {
      greet();
      sockets.latest().events.closed();
      pass(wait());
    }
    greet();
    sockets.latest().events.closed();
    expect(wait()).toBe(30_000);
  });

  test('forgets its failures after a welcome that lasted', () => {
    const { sockets, pass, wait, greet } = start();
    for (let fall = 0; fall < 4; fall += 1) {
      sockets.latest().events.closed();
      pass(wait());
    }
    greet();
    pass(10_000);
    sockets.latest().events.closed();
    expect(wait()).toBe(500);
  });

  test('ignores what an older socket still says', () => {
    const { sockets, pass, wait, heard, greet, hear, state } = start();
    const old = sockets.latest();
    old.events.closed();
    pass(wait());
    greet();
    old.events.opened();
    hear(message(1), old);
    old.events.closed();
    expect(heard.map((frame) => frame.type)).toEqual(['welcome']);
    expect(state()).toBe('live');
    expect(sockets.opened).toHaveLength(2);
  });

  test('tries at once when asked, and opens no second socket when live', () => {
    const { sockets, line, greet } = start();
    sockets.latest().events.closed();
    line.wake();
    expect(sockets.opened).toHaveLength(2);
    greet();
    line.tryNow();
    expect(sockets.opened).toHaveLength(2);
  });

  test('is offline without a network, and returns with it', () => {
    const { sockets, line, world, greet } = start();
    greet();
    world.online = false;
    line.distrust();
    expect(line.status()).toMatchObject({ state: 'waiting', online: false });
    expect(sockets.latest().closed).toBe(true);
    world.online = true;
    line.wake();
    expect(line.status().state).toBe('connecting');
  });

  test('is offline at once when the network goes while it waits, and tries no later for being told twice', () => {
    const { sockets, line, world, pass } = start();
    sockets.latest().events.closed();
    expect(line.status()).toMatchObject({ state: 'waiting', online: true });
    world.online = false;
    line.distrust();
    expect(line.status()).toMatchObject({ state: 'waiting', online: false });
    const { retryAt } = line.status();
    pass(1_000);
    line.distrust();
    expect(line.status().retryAt).toBe(retryAt);
  });

  test('opens nothing after it was stopped', () => {
    const { sockets, pass, line } = start();
    sockets.latest().events.closed();
    line.stop();
    pass(3 * 60 * MINUTE);
    expect(sockets.opened).toHaveLength(1);
    expect(line.status().state).toBe('idle');
  });
});

describe('heartbeat', () => {
  test('pings after silence, the first time earlier by chance, and not while the server speaks', () => {
    const { pass, greet, hear, pings } = start();
    greet();
    pass(14_999);
    expect(pings()).toBe(0);
    pass(1);
    expect(pings()).toBe(1);
    hear({ type: 'pong', n: 1, heads: {} });
    pass(20_000);
    hear(message(1));
    pass(29_999);
    expect(pings()).toBe(1);
    pass(1);
    expect(pings()).toBe(2);
  });

  test('own sends are no sign of life', () => {
    const { pass, greet, line, pings } = start({ fraction: 0.999 });
    greet();
    pass(25_000);
    line.send({ action: 'sendmessage' });
    pass(5_000);
    expect(pings()).toBe(1);
  });

  test('no answer within ten seconds closes here at once, without waiting for onclose', () => {
    const { pass, greet, sockets, state } = start();
    greet();
    pass(15_000 + 9_999);
    expect(state()).toBe('live');
    pass(1);
    expect(state()).toBe('waiting');
    expect(sockets.latest().closed).toBe(true);
  });

  test('a hidden page pings every four minutes', () => {
    const { pass, greet, line, hear, pings } = start();
    greet();
    line.visible(false);
    pass(2 * MINUTE);
    hear({ type: 'pong', heads: {} });
    expect(pings()).toBe(1);
    pass(4 * MINUTE - 1);
    expect(pings()).toBe(1);
    pass(1);
    expect(pings()).toBe(2);
  });

  test('a ping that the gateway refuses is said again later and ever later, on the same line', () => {
    const { pass, greet, hear, pings, state, sockets } = start();
    greet();
    pass(15_000);
    const waits = [750, 1_500, 3_000, 6_000, 12_000, 12_000];
    for (const [at, wait] of waits.entries()) {
      hear(gateway('Too Many Requests'));
      expect(pings()).toBe(at + 1);
      pass(wait - 1);
      expect(pings()).toBe(at + 1);
      pass(1);
      expect(pings()).toBe(at + 2);
    }
    hear({ type: 'pong', heads: {} });
    pass(29_999);
    expect(pings()).toBe(waits.length + 1);
    expect([state(), sockets.opened.length]).toEqual(['live', 1]);
  });

  test('one that is refused is not put off further by the errors of other frames', () => {
    const { pass, greet, hear, pings } = start();
    greet();
    pass(15_000);
    hear(gateway('Too Many Requests'));
    for (let ms = 0; ms < 600; ms += 100) {
      pass(100);
      hear({ type: 'error', ref: 'm1', code: 'RateLimited', retry: true, afterMs: 500 });
    }
    expect(pings()).toBe(1);
    pass(150);
    expect(pings()).toBe(2);
  });

  test('one that is due for the lease alone is said again too, however much is heard', () => {
    const { pass, sockets, hear, pings } = start();
    sockets.latest().events.opened();
    hear(welcome({}, { leaseMs: 20_000 }));
    for (let ms = 0; ms < 10_000; ms += 1_000) {
      pass(1_000);
      hear(message(ms + 1));
    }
    expect(pings()).toBe(1);
    hear(gateway('Too Many Requests'));
    pass(749);
    hear(message(20_000));
    expect(pings()).toBe(1);
    pass(1);
    expect(pings()).toBe(2);
  });

  test('asks at once on being looked at again', () => {
    const { greet, line, pings } = start();
    greet();
    line.wake();
    expect(pings()).toBe(1);
  });

  test('after a sleep in mid-ping, the wall clock says that the line is dead', () => {
    const { greet, line, sleep, state, sockets } = start();
    greet();
    line.wake();
    sleep(60 * MINUTE);
    line.wake();
    expect(state()).toBe('connecting');
    expect(sockets.opened).toHaveLength(2);
  });
});

/** Live, and every ping is answered, until the line opens its second socket. */
function rotating(bench: ReturnType<typeof start>) {
  bench.greet();
  const [first] = bench.sockets.opened;
  if (!first) throw new Error('No socket was opened.');
  let ms = 0;
  for (; bench.sockets.opened.length === 1 && ms < 120 * MINUTE; ms += 1_000) {
    bench.pass(1_000);
    bench.hear({ type: 'pong', heads: {} }, first);
  }
  return { first, ms };
}

describe('the 2 h limit', () => {
  test.each([0, 0.5, 0.999])(
    'opens the new before it closes the old, at 90 to 110 minutes (%d)',
    (fraction) => {
      const bench = start({ fraction });
      const { first, ms } = rotating(bench);
      expect(ms).toBeGreaterThanOrEqual(90 * MINUTE);
      expect(ms).toBeLessThanOrEqual(110 * MINUTE);
      expect(first.closed).toBe(false);
      expect(bench.state()).toBe('live');
      bench.greet();
      expect(first.closed).toBe(true);
      expect(bench.states.map((status) => status.state)).toEqual([
        'connecting',
        'greeting',
        'live',
      ]);
      expect(bench.heard.at(-1)).toMatchObject({ type: 'welcome', rotated: true });
    },
  );

  test('the old one’s replaced and close are what was asked for', () => {
    const bench = start();
    const { first } = rotating(bench);
    bench.sockets.latest().events.opened();
    bench.hear({ type: 'replaced' }, first);
    first.events.closed();
    bench.hear(welcome());
    expect(bench.state()).toBe('live');
    expect(bench.sockets.opened).toHaveLength(2);
  });

  test('a rotation that fails leaves the old one in use, and is tried again', () => {
    const bench = start();
    const { first } = rotating(bench);
    bench.sockets.latest().events.closed();
    expect(bench.state()).toBe('live');
    expect(bench.line.send({ action: 'ping' })).toBe(true);
    for (let ms = 0; ms < 5 * MINUTE; ms += 5_000) {
      bench.pass(5_000);
      bench.hear({ type: 'pong', heads: {} }, first);
    }
    expect(bench.sockets.opened).toHaveLength(3);
  });
});

describe('a rotation whose hello took over and then failed', () => {
  const busy = { type: 'error', ref: null, code: 'Busy', retry: true, afterMs: 0, message: '' };

  function failing() {
    const bench = start();
    const { first } = rotating(bench);
    bench.sockets.latest().events.opened();
    return { ...bench, first };
  }

  test.each([{ epoch: 2 }, {}])(
    'then the old one’s replaced is its own doing: it dials anew (%j)',
    (winner) => {
      const { hear, first, state, pass, wait, sockets, greet } = failing();
      hear(busy);
      expect(state()).toBe('live');
      hear({ type: 'replaced', ...winner }, first);
      expect(state()).toBe('waiting');
      pass(wait());
      expect(sockets.opened).toHaveLength(3);
      greet();
      expect(state()).toBe('live');
    },
  );

  test('so it is when replaced comes before the failure', () => {
    const { hear, first, state } = failing();
    hear({ type: 'replaced', epoch: 2 }, first);
    expect(state()).toBe('live');
    hear(busy);
    expect(state()).toBe('waiting');
  });

  test('but a greater epoch than any it has said is another’s', () => {
    const { hear, first, state } = failing();
    hear(busy);
    hear({ type: 'replaced', epoch: 3 }, first);
    expect(state()).toBe('replaced');
  });
});

describe('one connection per client', () => {
  test('a hello that lost to nothing newer than itself is said again', () => {
    const { sockets, hear, state, pass, wait, frames } = start();
    sockets.latest().events.opened();
    hear({ type: 'replaced', epoch: 1 });
    expect(state()).toBe('waiting');
    pass(wait());
    sockets.latest().events.opened();
    expect(frames()[0].epoch).toBe(2);
  });

  test('replaced is terminal: no takeover war', () => {
    const { greet, hear, pass, line, sockets, state } = start();
    greet();
    hear({ type: 'replaced' });
    sockets.latest().events.closed();
    line.wake();
    line.tryNow();
    pass(3 * 60 * MINUTE);
    expect(state()).toBe('replaced');
    expect(sockets.opened).toHaveLength(1);
    expect(sockets.latest().closed).toBe(true);
  });

  test('replaced instead of welcome is terminal too', () => {
    const { sockets, hear, pass, state } = start();
    sockets.latest().events.opened();
    hear({ type: 'replaced' });
    pass(3 * 60 * MINUTE);
    expect(state()).toBe('replaced');
    expect(sockets.opened).toHaveLength(1);
  });

  test('“use here” connects with an epoch that wins', () => {
    const { greet, hear, line, sockets, frames, state } = start();
    greet();
    hear({ type: 'replaced', epoch: 7_000 });
    line.useHere();
    sockets.latest().events.opened();
    expect(frames()[0].epoch).toBe(7_001);
    hear(welcome());
    expect(state()).toBe('live');
  });
});
