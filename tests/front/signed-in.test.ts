// Proves that a signed-in line brings a fresh token to each hello, renews in time on its socket, rests when signed out, and mixes no users.
import { describe, expect, test } from '@jest/globals';
import { connect } from '../../front/src/core/chat.js';
import type { Given } from '../../front/src/core/credentials.js';
import { createIdentity } from '../../front/src/core/identity.js';
import { createLine, type LineStatus } from '../../front/src/core/line.js';
import {
  fakeClock,
  fakeIdentity,
  fakeSockets,
  fakeStorage,
  settled,
  welcome,
} from './workbench.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function start(more: Partial<Parameters<typeof createLine>[0]> = {}) {
  const { clock, live } = fakeClock();
  const sockets = fakeSockets();
  const states: LineStatus[] = [];
  const world: { asked: number; give: () => Promise<Given | null> } = {
    asked: 0,
    give: async () => ({ token: `token-${world.asked}` }),
  };
  const line = createLine({
    url: 'wss://chat.example.org/dev',
    openSocket: sockets.openSocket,
    clock,
    fraction: () => 0.5,
    isOnline: () => true,
    identity: fakeIdentity(),
    hello: () => ({ rooms: ['lobby'] }),
    credentials() {
      world.asked += 1;
      return world.give();
    },
    changed: (status) => states.push(status),
    heard: () => {},
    nudged: () => {},
    ...more,
  });
  line.start();
  await settled();
  const hear = (frame: object, at = sockets.latest()) => at.events.heard(JSON.stringify(frame));
  const error = (code: string, retry: boolean, more: object = {}) =>
    hear({ type: 'error', ref: null, code, retry, afterMs: 0, message: code, ...more });
  return {
    line,
    live,
    sockets,
    states,
    world,
    hear,
    error,
    greet(authForMs: number, over: object = {}) {
      sockets.latest().events.opened();
      hear(welcome({}, { authForMs, ...over }));
    },
    hellos: (at = sockets.latest()) =>
      at.sent.map((text) => JSON.parse(text)).filter(({ action }) => action === 'hello'),
    state: () => line.status().state,
  };
}

describe('a hello', () => {
  test('carries the token and no secret, and the socket is opened only once there is one', async () => {
    const { world, sockets, greet, hellos, state } = await start();
    expect(sockets.opened).toHaveLength(1);
    greet(HOUR);
    expect(hellos()).toEqual([expect.objectContaining({ token: 'token-1' })]);
    expect(hellos()[0]).not.toHaveProperty('secret');
    expect([state(), world.asked]).toEqual(['live', 1]);
  });

  test('of a guest carries the secret', async () => {
    const { greet, hellos } = await start({ credentials: undefined as never });
    greet(0);
    expect(hellos()).toEqual([expect.objectContaining({ secret: 's'.repeat(43) })]);
  });

  test('after a fall asks for a token anew', async () => {
    const { greet, sockets, live, hellos } = await start();
    greet(HOUR);
    sockets.latest().events.closed();
    await live(2_000);
    greet(HOUR);
    expect(hellos()).toEqual([expect.objectContaining({ token: 'token-2' })]);
  });

  test('waits no longer than twenty seconds for a token, and tries again', async () => {
    const { world, sockets, state, live, error } = await start();
    error('Busy', true);
    world.give = () => new Promise(() => {});
    await live(2_000);
    expect(state()).toBe('connecting');
    await live(20_000);
    expect(state()).toBe('waiting');
    world.give = async () => ({ token: 'late' });
    await live(MINUTE);
    expect(sockets.opened.length).toBeGreaterThan(1);
  });

  test('that fetching a token fails is a failure of the line, which backs off', async () => {
    const { world, sockets, line, state } = await start();
    world.give = async () => {
      throw new Error('The issuer is away.');
    };
    sockets.latest().events.closed();
    line.tryNow();
    await settled();
    expect(state()).toBe('waiting');
  });
});

describe('a token’s end', () => {
  test('is met by a hello on the same socket, somewhat before, with the same epoch, and nobody sees it', async () => {
    const { greet, live, hellos, hear, states, sockets } = await start();
    greet(24_000);
    const before = states.length;
    await live(14_999);
    expect(hellos()).toHaveLength(1);
    await live(1);
    const [first, second] = hellos();
    expect(second).toMatchObject({
      token: 'token-2',
      epoch: first.epoch,
      clientId: first.clientId,
    });
    hear(welcome({}, { authForMs: HOUR }));
    expect(sockets.opened).toHaveLength(1);
    expect(states).toHaveLength(before);
  });

  test('that comes as a surprise is met at once, and once for many refusals', async () => {
    const { greet, error, hellos, world } = await start();
    greet(HOUR);
    for (let at = 0; at < 5; at += 1) error('AuthExpired', true);
    await settled();
    expect(hellos()).toHaveLength(2);
    expect(world.asked).toBe(2);
  });

  test('a renewal that nobody answers costs the socket, not the user', async () => {
    const { greet, error, live, state } = await start();
    greet(HOUR);
    error('AuthExpired', true);
    await settled();
    await live(10_000);
    expect(state()).not.toBe('signed-out');
    expect(state()).not.toBe('live');
  });

  test('a renewal that is refused for now is said again on the same socket, when the server has told', async () => {
    const { greet, error, hear, live, state, sockets, hellos } = await start();
    greet(HOUR);
    error('AuthExpired', true);
    await settled();
    for (let at = 2; at < 12; at += 1) {
      expect(hellos()).toHaveLength(at);
      error('RateLimited', true, { afterMs: 1_500 });
      await live(1_499);
      // Of something else that was asked meanwhile: it puts nothing off.
      error('RateLimited', true, { afterMs: 1_500 });
      expect(hellos()).toHaveLength(at);
      await live(1);
    }
    hear(welcome({}, { authForMs: HOUR }));
    await live(12_000);
    expect([state(), sockets.opened.length, hellos().length]).toEqual(['live', 1, 12]);
  });

  test.each([
    ['of a message', { ref: 'm1', afterMs: 500 }, 2],
    ['without a time', {}, 2],
    ['for good', { retry: false, afterMs: 500 }, 2],
  ])('a refusal %s hurries no renewal', async (_, more, hellos) => {
    const one = await start();
    one.greet(HOUR);
    one.error('AuthExpired', true);
    await settled();
    one.error('Busy', true, more);
    await one.live(9_999);
    expect([one.state(), one.hellos().length]).toEqual(['live', hellos]);
  });

  test('a refusal while no renewal is under way says no hello', async () => {
    const { greet, error, live, hellos } = await start();
    greet(HOUR);
    error('RateLimited', true, { afterMs: 500 });
    await live(12_000);
    expect(hellos()).toHaveLength(1);
  });

  test('a renewal for which no token can be fetched is tried again', async () => {
    const { greet, error, live, world, hellos } = await start();
    greet(HOUR);
    const { give } = world;
    world.give = async () => {
      throw new Error('The issuer is away.');
    };
    error('AuthExpired', true);
    await live(9_000);
    expect(hellos()).toHaveLength(1);
    world.give = give;
    await live(1_000);
    expect(hellos()).toHaveLength(2);
  });
});

describe('who is signed out', () => {
  test('has no socket and asks nobody, until the user acts', async () => {
    const { line, live, sockets, state, world } = await start({ credentials: async () => null });
    expect([state(), sockets.opened.length]).toEqual(['signed-out', 0]);
    await live(HOUR);
    expect([state(), world.asked]).toEqual(['signed-out', 0]);
    line.useHere();
    await settled();
    expect(state()).toBe('signed-out');
  });

  test.each(['useHere', 'wake'] as const)(
    'comes back by %s once there is a token',
    async (verb) => {
      const { line, world, error, state, greet } = await start();
      error('BadToken', false);
      world.give = async () => null;
      line[verb]();
      await settled();
      expect(state()).toBe('signed-out');
      world.give = async () => ({ token: 'again' });
      line[verb]();
      await settled();
      greet(HOUR);
      expect(state()).toBe('live');
    },
  );

  test('is so when the server takes the token for bad, at the first hello or at a later one', async () => {
    const first = await start();
    first.error('BadToken', false);
    expect(first.line.status()).toMatchObject({ state: 'signed-out', reason: 'BadToken' });
    const later = await start();
    later.greet(HOUR);
    later.error('AuthExpired', true);
    await settled();
    later.error('BadToken', false);
    expect(later.state()).toBe('signed-out');
    expect(later.sockets.latest().closed).toBe(true);
  });

  test('during a renewal hangs up', async () => {
    const { greet, error, world, state, sockets } = await start();
    greet(HOUR);
    world.give = async () => null;
    error('AuthExpired', true);
    await settled();
    expect([state(), sockets.latest().closed]).toEqual(['signed-out', true]);
  });
});

test('what one user left unsent is not sent by the next on the same storage', async () => {
  const storage = fakeStorage();
  const identity = createIdentity({
    keep: storage.keep,
    randomBytes: (count) => new Uint8Array(count),
    now: () => 1,
  });
  const ada = await start({ identity });
  ada.greet(HOUR, { userId: 'ada' });
  expect(ada.state()).toBe('live');
  const eve = await start({ identity });
  eve.greet(HOUR, { userId: 'eve' });
  expect(eve.line.status()).toMatchObject({ state: 'closed', code: 'SomebodyElse' });
  expect(eve.states.map(({ state }) => state)).not.toContain('live');
  expect(eve.sockets.latest().closed).toBe(true);
});

test('a token is written to no storage', async () => {
  const storage = fakeStorage();
  const sockets = fakeSockets();
  const { clock } = fakeClock();
  const chat = connect({
    url: 'wss://chat.example.org/dev',
    user: 'ada',
    ports: {
      ...storage,
      ...{ clock, openSocket: sockets.openSocket, isOnline: () => true },
      credentials: async () => ({ token: 'very-secret-token' }),
    },
  });
  await settled();
  sockets.latest().events.opened();
  sockets.latest().events.heard(JSON.stringify(welcome({ lobby: 0 }, { authForMs: HOUR })));
  await chat.room('lobby').say('Hi');
  expect(chat.status().state).toBe('live');
  expect(sockets.latest().sent.join()).toContain('very-secret-token');
  expect(JSON.stringify([...storage.values, ...storage.entries])).not.toContain('very-secret');
  await chat.close();
});
