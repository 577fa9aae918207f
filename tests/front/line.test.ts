// Proves that the line returns by itself, without haste, and listens to one socket only.
import { describe, expect, test } from '@jest/globals';
import { createLine, type LineStatus } from '../../front/src/core/line.js';
import { fakeClock, fakeSockets } from './workbench.ts';

function start({ fraction = 0.5, online = true } = {}) {
  const { clock, pass } = fakeClock();
  const sockets = fakeSockets();
  const states: LineStatus[] = [];
  const heard: string[] = [];
  const world = { fraction, online };
  const line = createLine({
    openSocket: sockets.openSocket,
    clock,
    fraction: () => world.fraction,
    isOnline: () => world.online,
    changed: (status) => states.push(status),
    heard: (text) => heard.push(text),
  });
  line.start('wss://chat.example.org/dev');
  const wait = () => (line.status().retryAt ?? Number.NaN) - clock.now();
  return { line, pass, sockets, states, heard, world, wait };
}

describe('the line', () => {
  test('connects at once and is live when the socket opens', () => {
    const { sockets, states } = start();
    expect(sockets.opened.map((socket) => socket.url)).toEqual(['wss://chat.example.org/dev']);
    sockets.latest().events.opened();
    expect(states.map((status) => status.state)).toEqual(['connecting', 'live']);
  });

  test('spreads the first try after a fall over one second', () => {
    const { sockets, pass, wait } = start({ fraction: 0.999 });
    sockets.latest().events.opened();
    sockets.latest().events.heard('{}');
    sockets.latest().events.closed();
    expect(wait()).toBe(999);
    pass(998);
    expect(sockets.opened).toHaveLength(1);
    pass(1);
    expect(sockets.opened).toHaveLength(2);
  });

  test('backs off with full jitter up to 60 seconds', () => {
    const { sockets, pass, wait } = start({ fraction: 0.5 });
    const waits = [];
    for (let fall = 0; fall < 8; fall += 1) {
      sockets.latest().events.closed();
      waits.push(wait());
      pass(wait());
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('does not take an open that is dropped at once for a success', () => {
    const { sockets, pass, wait } = start();
    for (let fall = 0; fall < 4; fall += 1) {
      sockets.latest().events.opened();
      sockets.latest().events.closed();
      pass(wait());
    }
    sockets.latest().events.opened();
    sockets.latest().events.closed();
    expect(wait()).toBe(8_000);
  });

  test.each([
    [
      'the first frame',
      (bench: ReturnType<typeof start>) => bench.sockets.latest().events.heard('{}'),
    ],
    ['an open that lasted', (bench: ReturnType<typeof start>) => bench.pass(10_000)],
  ])('forgets its failures after %s', (_, prove) => {
    const bench = start();
    for (let fall = 0; fall < 4; fall += 1) {
      bench.sockets.latest().events.closed();
      bench.pass(bench.wait());
    }
    bench.sockets.latest().events.opened();
    prove(bench);
    bench.sockets.latest().events.closed();
    expect(bench.wait()).toBe(500);
  });

  test('ignores what an older socket still says', () => {
    const { sockets, pass, wait, heard, line } = start();
    const old = sockets.latest();
    old.events.closed();
    pass(wait());
    sockets.latest().events.opened();
    old.events.opened();
    old.events.heard('late');
    old.events.closed();
    expect(heard).toEqual([]);
    expect(line.status().state).toBe('live');
    expect(sockets.opened).toHaveLength(2);
  });

  test('gives up on a handshake that hangs', () => {
    const { sockets, pass, line } = start();
    pass(15_000);
    expect(sockets.latest().closed).toBe(true);
    expect(line.status().state).toBe('waiting');
  });

  test('tries at once when asked, and opens no second socket when live', () => {
    const { sockets, line } = start();
    sockets.latest().events.closed();
    line.tryNow();
    expect(sockets.opened).toHaveLength(2);
    sockets.latest().events.opened();
    line.tryNow();
    expect(sockets.opened).toHaveLength(2);
  });

  test('is offline without a network, and tries when it returns', () => {
    const { sockets, line, world } = start();
    sockets.latest().events.opened();
    world.online = false;
    line.distrust();
    expect(line.status().state).toBe('offline');
    expect(sockets.latest().closed).toBe(true);
    world.online = true;
    line.tryNow();
    expect(line.status().state).toBe('connecting');
  });

  test('pings after five minutes of silence and not before', () => {
    const { sockets, pass, line } = start();
    sockets.latest().events.opened();
    pass(4 * 60_000);
    line.send('something');
    pass(4 * 60_000);
    sockets.latest().events.heard('{}');
    pass(5 * 60_000 - 1);
    expect(sockets.latest().sent).toEqual(['something']);
    pass(1);
    expect(sockets.latest().sent).toEqual(['something', '{"action":"ping"}']);
  });

  test('opens nothing after it was stopped', () => {
    const { sockets, pass, line } = start();
    sockets.latest().events.closed();
    line.stop();
    pass(10 * 60_000);
    expect(sockets.opened).toHaveLength(1);
    expect(line.status()).toEqual({ state: 'idle', retryAt: null });
  });
});
