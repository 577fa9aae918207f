// Proves who is shown as here, and as writing: the latest word counts, what nobody confirms ages, and nothing is said too often.
import { describe, expect, test } from '@jest/globals';
import { seededChance } from './chance.ts';
import { person } from './person.ts';
import { fakeClock, fakeSockets, settled, welcome } from './workbench.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 7, 30, second)).toISOString();
const member = (userId: string, over: object = {}) => ({
  ...{ userId, nickname: userId, online: true, at: at(1) },
  ...over,
});
const presence = (userId: string, over: object = {}) => ({
  ...{ type: 'presence', room: 'lobby' },
  ...member(userId, over),
});

/** A client whose server knows who is here, and says only what the test says. */
async function alone(here = [member('u_me'), member('u_ann')]) {
  const { clock, live } = fakeClock();
  const sockets = fakeSockets();
  const ada = person('ada', { clock, chance: seededChance(1), openSocket: sockets.openSocket });
  const hear = (frame: object) => sockets.latest().events.heard(JSON.stringify(frame));
  await settled();
  sockets.latest().events.opened();
  hear(welcome({}, { leaseMs: 90_000, here: { lobby: here } }));
  const asked = (action: string) =>
    sockets.opened
      .flatMap(({ sent }) => sent.map((text) => JSON.parse(text)))
      .filter((frame) => frame.action === action);
  const online = () =>
    ada
      .room()
      .members()
      .filter((one) => one.online)
      .map(({ userId }) => userId);
  const pong = (present: number) => hear({ type: 'pong', heads: {}, present: { lobby: present } });
  return { ada, live, hear, asked, online, pong, sockets };
}

describe('presence', () => {
  test('who is here stands in the welcome, and changes word by word', async () => {
    const { hear, online } = await alone();
    hear(presence('u_bob', { at: at(2) }));
    hear(presence('u_ann', { online: false, at: at(3) }));
    expect(online()).toEqual(['u_me', 'u_bob']);
  });

  test('the latest `at` wins, in whatever order words come', async () => {
    const { hear, online } = await alone();
    hear(presence('u_ann', { online: false, at: at(5) }));
    hear(presence('u_ann', { at: at(4) }));
    hear(presence('u_bob', { at: at(6) }));
    hear(presence('u_bob', { online: false, at: at(2) }));
    expect(online()).toEqual(['u_me', 'u_bob']);
  });

  test('a count that differs from what is shown makes it ask, once, and the answer replaces all', async () => {
    const { hear, online, pong, asked } = await alone();
    pong(2);
    expect(asked('members')).toEqual([]);
    pong(1);
    expect(asked('members')).toMatchObject([{ room: 'lobby' }]);
    hear({ type: 'members', room: 'lobby', members: [member('u_me')], count: 1 });
    expect(online()).toEqual(['u_me']);
  });

  test('I12: what no pong confirms for a lease is shown as gone', async () => {
    const { online, live, sockets } = await alone();
    sockets.latest().events.closed();
    await live(89_000);
    expect(online()).toEqual(['u_me', 'u_ann']);
    await live(2_000);
    expect(online()).toEqual([]);
  });

  test('a crowd is a number', async () => {
    const { ada, pong, asked } = await alone();
    pong(4_711);
    expect([ada.room().count(), ada.room().members()]).toEqual([4_711, []]);
    expect(asked('members')).toEqual([]);
  });

  test('somebody who hears much still pings twice in a lease', async () => {
    const { live, hear, asked } = await alone();
    for (let second = 0; second < 90; second += 5) {
      hear({ type: 'accepted', messageId: 'm' });
      await live(5_000);
    }
    expect(asked('ping').length).toBeGreaterThanOrEqual(2);
  });

  test('a server that knows nothing of presence is asked nothing', async () => {
    const { clock, live } = fakeClock();
    const sockets = fakeSockets();
    const ada = person('ada', { clock, chance: seededChance(1), openSocket: sockets.openSocket });
    await settled();
    sockets.latest().events.opened();
    sockets.latest().events.heard(JSON.stringify(welcome()));
    await live(1_000);
    expect(sockets.latest().sent.filter((text) => text.includes('members'))).toEqual([]);
    expect(ada.room().members()).toEqual([]);
  });
});

describe('typing', () => {
  const typing = (userId: string, on = true) => ({
    ...{ type: 'typing', room: 'lobby', userId, nickname: userId, on },
  });

  test('is said once in five seconds, and ended by sending', async () => {
    const { ada, live, asked } = await alone();
    for (let second = 0; second < 6; second += 1) {
      ada.room().typing(true);
      await live(1_000);
    }
    expect(asked('typing').map(({ on }) => on)).toEqual([true, true]);
    await ada.room().say('done');
    ada.room().typing(false);
    expect(asked('typing').map(({ on }) => on)).toEqual([true, true, false]);
  });

  test('of another is shown for six seconds after the last word, or until they stop, or until it comes', async () => {
    const { ada, live, hear } = await alone();
    const seen: string[][] = [];
    ada.room().on('typing', (list) => seen.push(list.map(({ userId }) => userId)));
    hear(typing('u_ann'));
    await live(4_000);
    hear(typing('u_ann'));
    await live(5_000);
    expect(seen).toEqual([['u_ann']]);
    await live(1_001);
    hear(typing('u_bob'));
    hear(typing('u_bob', false));
    hear(typing('u_ann'));
    const said = { messageId: 'm1', seq: 1, userId: 'u_ann', nickname: 'ann', message: 'hi' };
    hear({ type: 'message', room: 'lobby', ...said, timestamp: at(1) });
    expect(seen).toEqual([['u_ann'], [], ['u_bob'], [], ['u_ann'], []]);
  });

  test('of oneself on another device is not shown', async () => {
    const { ada, hear } = await alone();
    const seen: unknown[] = [];
    ada.room().on('typing', (list) => seen.push(list));
    hear(typing('u_me'));
    expect(seen).toEqual([]);
  });
});
