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
      .roster()
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

  test('of a room for which a pong had no place it asks', async () => {
    const { hear, asked } = await alone();
    hear({ type: 'pong', heads: { lobby: 0 }, present: {} });
    expect(asked('members')).toMatchObject([{ room: 'lobby' }]);
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

  test('who is here is not known without a network, and is known again with the next welcome', async () => {
    const annWasHere = [member('u_me'), member('u_ann')];
    const { ada, hear, online, sockets } = await alone(annWasHere);
    ada.world.isOnline = false;
    ada.chat().distrust();
    expect(online()).toEqual([]);
    expect(ada.room().count()).toBe(0);
    // Not as long ago as they came.
    expect(
      new Set(
        ada
          .room()
          .roster()
          .map(({ at: since }) => since),
      ),
    ).toEqual(new Set(['']));
    ada.world.isOnline = true;
    ada.chat().wake();
    sockets.latest().events.opened();
    hear(welcome({}, { leaseMs: 90_000, here: { lobby: annWasHere } }));
    expect(online()).toEqual(['u_me', 'u_ann']);
  });

  test('who is here and not named, because a frame could not hold them all, is counted and not asked for again', async () => {
    const { ada, hear, pong, asked } = await alone();
    hear({ type: 'members', room: 'lobby', members: [member('u_me')], count: 90, more: true });
    expect([ada.room().count(), ada.room().roster()]).toEqual([90, [member('u_me')]]);
    hear(presence('u_bob', { at: at(2) }));
    expect(ada.room().count()).toBe(91);
    pong(91);
    expect(asked('members')).toEqual([]);
  });

  test('whoever is taken out of the room is in it no more, though they are told to have been here', async () => {
    const { ada, hear } = await alone();
    const people = () =>
      ada
        .room()
        .roster()
        .map(({ userId }) => userId);
    const went: string[] = [];
    ada.room().on('went', ({ userId }) => went.push(userId));
    hear({ type: 'removed', room: 'lobby', userId: 'u_ann' });
    expect(people()).toEqual(['u_me']);
    const gone = member('u_ann', { online: false, at: at(4) });
    hear({ ...presence('u_ann'), ...gone });
    expect([people(), went]).toEqual([['u_me'], ['u_ann']]);
    hear({ type: 'members', room: 'lobby', members: [member('u_me'), gone], count: 1 });
    expect(people()).toEqual(['u_me']);
    hear(presence('u_ann', { at: at(5) }));
    hear(presence('u_ann', { online: false, at: at(6) }));
    expect(people()).toEqual(['u_me', 'u_ann']);
  });

  test('a crowd is a number', async () => {
    const { ada, pong, asked } = await alone();
    pong(4_711);
    expect([ada.room().count(), ada.room().roster()]).toEqual([4_711, []]);
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
    expect(ada.room().roster()).toEqual([]);
  });
});

describe('who came and who went', () => {
  /** What a page would write between the messages. */
  async function told() {
    const world = await alone();
    const lines: string[] = [];
    world.ada.room().on('came', ({ nickname }) => lines.push(`${nickname} joined`));
    world.ada.room().on('went', ({ nickname }) => lines.push(`${nickname} left`));
    return { ...world, lines };
  }

  test('is told of others, once each, with the name they have', async () => {
    const { hear, lines } = await told();
    hear(presence('u_bob', { at: at(2) }));
    hear(presence('u_bob', { at: at(2) }));
    hear(presence('u_me', { at: at(2) }));
    hear(presence('u_bob', { at: at(3), nickname: 'Robert' }));
    hear(presence('u_ann', { at: at(4), online: false }));
    hear(presence('u_ann', { at: at(4), online: false }));
    expect(lines).toEqual(['u_bob joined', 'u_ann left']);
  });

  test('is told by no snapshot, neither of a new line nor of a question, whoever is in it', async () => {
    const { hear, lines, pong } = await told();
    pong(3);
    const bob = member('u_bob', { at: at(5) });
    hear({ type: 'members', room: 'lobby', members: [member('u_me'), bob], count: 2 });
    hear(welcome({}, { leaseMs: 90_000, here: { lobby: [member('u_me'), member('u_cat')] } }));
    expect(lines).toEqual([]);
  });

  test('a snapshot that overtakes the word, either way, keeps nobody from being told', async () => {
    const { hear, lines } = await told();
    const bob = member('u_bob', { at: at(2) });
    const annGone = member('u_ann', { at: at(4), online: false });
    hear({ type: 'members', room: 'lobby', members: [member('u_me'), annGone, bob], count: 2 });
    hear(presence('u_bob', { at: at(3) }));
    hear(presence('u_ann', { at: at(4), online: false }));
    expect(lines).toEqual(['u_bob joined', 'u_ann left']);
  });

  test('a reload within the grace is no news, though a snapshot fell into it', async () => {
    const { hear, lines } = await told();
    hear({ type: 'members', room: 'lobby', members: [member('u_me')], count: 1 });
    const back = member('u_ann', { at: at(6) });
    hear({ type: 'members', room: 'lobby', members: [member('u_me'), back], count: 2 });
    hear(presence('u_ann', { at: at(9), online: false }));
    expect(lines).toEqual(['u_ann left']);
  });

  test('an older word that comes late is no news', async () => {
    const { hear, lines } = await told();
    hear(presence('u_bob', { at: at(5) }));
    hear(presence('u_bob', { at: at(4), online: false }));
    expect(lines).toEqual(['u_bob joined']);
  });
});

describe('typing', () => {
  const typing = (userId: string, on = true) => ({
    ...{ type: 'typing', room: 'lobby', userId, nickname: userId, on },
  });

  test('is said once in ten seconds, however often a draft is begun and given up', async () => {
    const { ada, live, asked } = await alone();
    for (let second = 0; second < 13; second += 1) {
      ada.room().typing(true);
      if (second % 2 === 0) ada.room().typing(false);
      await live(1_000);
    }
    expect(asked('typing').map(({ on }) => on)).toEqual([true, false, true, false]);
  });

  test('is ended by the message itself, and the next draft is told as soon as the first', async () => {
    const { ada, live, asked } = await alone();
    ada.room().typing(true);
    await live(1_000);
    await ada.room().say('done');
    ada.room().typing(false);
    ada.room().typing(true);
    await live(1_000);
    expect(asked('typing').map(({ on }) => on)).toEqual([true, true]);
  });

  test('of a message that is written within a second is not said', async () => {
    const { ada, live, asked } = await alone();
    for (let n = 0; n < 3; n += 1) {
      ada.room().typing(true);
      await live(900);
      await ada.room().say('hm');
      ada.room().typing(false);
    }
    await live(5_000);
    expect(asked('typing')).toEqual([]);
  });

  test('of another is shown for twelve seconds after the last word, or until they stop, or until it comes', async () => {
    const { ada, live, hear } = await alone();
    const seen: string[][] = [];
    ada.room().on('typing', (list) => seen.push(list.map(({ userId }) => userId)));
    hear(typing('u_ann'));
    await live(10_000);
    hear(typing('u_ann'));
    await live(11_000);
    expect(seen).toEqual([['u_ann']]);
    expect(ada.room().typists()).toEqual([{ userId: 'u_ann', nickname: 'u_ann' }]);
    await live(1_001);
    expect(ada.room().typists()).toEqual([]);
    hear(typing('u_bob'));
    hear(typing('u_bob', false));
    hear(typing('u_ann'));
    const said = { messageId: 'm1', seq: 1, userId: 'u_ann', nickname: 'ann', message: 'hi' };
    hear({ type: 'message', room: 'lobby', ...said, timestamp: at(1) });
    expect(seen).toEqual([['u_ann'], [], ['u_bob'], [], ['u_ann'], []]);
  });

  test('that its message overtook is not shown, and the next is', async () => {
    const { ada, live, hear } = await alone();
    const said = { messageId: 'm1', seq: 1, userId: 'u_ann', nickname: 'ann', message: 'hi' };
    hear({ type: 'message', room: 'lobby', ...said, timestamp: at(1) });
    hear(typing('u_ann'));
    await live(1_999);
    hear(typing('u_ann'));
    expect(ada.room().typists()).toEqual([]);
    await live(1);
    hear(typing('u_ann'));
    expect(ada.room().typists()).toEqual([{ userId: 'u_ann', nickname: 'u_ann' }]);
  });

  test('of oneself on another device is not shown', async () => {
    const { ada, hear } = await alone();
    const seen: unknown[] = [];
    ada.room().on('typing', (list) => seen.push(list));
    hear(typing('u_me'));
    expect(seen).toEqual([]);
  });
});
