// Proves that unread counts hold while messages arrive, rooms come and go, tabs read and pages are loaded again.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBursts } from '../../front/src/core/bursts.js';
import { createListeners } from '../../front/src/core/listeners.js';
import type { RoomNews } from '../../front/src/core/room-face.js';
import type { Stored } from '../../front/src/core/timeline.js';
import { createUnreadWatch } from '../../front/src/core/unread-watch.js';
import { fakeClock } from './workbench.ts';

const ME = { userId: 'u_me', nickname: 'ada' };
const DIRECT = 'dm:u_me:u_you';

const thrown = (error: unknown) => {
  throw error;
};

/** What outlives a page: the messages of the server, and the cursors of the browser. */
function world() {
  const said = new Map<string, Stored[]>();
  const cursors = new Map<string, number>();
  return {
    said,
    cursors: {
      read: (room: string) => cursors.get(room) ?? null,
      write: (room: string, seq: number) => void cursors.set(room, seq),
    },
  };
}

function page({ said, cursors }: ReturnType<typeof world>, names: string[]) {
  const { clock, pass } = fakeClock();
  const rooms = new Map(names.map((name) => [name, createListeners<RoomNews>(thrown)]));
  const news = createListeners<{ rooms: string[] }>(thrown);
  const came: string[] = [];
  const watch = createUnreadWatch({
    cursors,
    clock,
    came: (room, { text }) => came.push(`${room} ${text}`),
    failed: thrown,
    chat: {
      me: () => ME,
      rooms: () => [...rooms.keys()],
      on: news.on,
      room: (name) => ({
        items: () => said.get(name) ?? [],
        on: (rooms.get(name) ?? createListeners<RoomNews>(thrown)).on,
      }),
    },
  });
  return {
    watch,
    came,
    pass,
    /** The room is there now. */
    enter(name: string) {
      rooms.set(name, createListeners<RoomNews>(thrown));
      news.tell('rooms', [...rooms.keys()]);
    },
    leave(name: string) {
      rooms.delete(name);
      news.tell('rooms', [...rooms.keys()]);
    },
    /** `live`: said since the page came, and not told by a page of history. */
    say(room: string, text: string, { own = false, live = true } = {}) {
      const items = said.get(room) ?? [];
      const seq = items.length + 1;
      const times = { at: seq, localAt: seq, position: 0 };
      const item: Stored = {
        ...{ messageId: `${room}${seq}`, room, seq, text, own, state: 'sent', reason: null },
        ...{ userId: own ? ME.userId : 'u_you', nickname: own ? 'ada' : 'you' },
        ...times,
      };
      said.set(room, [...items, item]);
      if (live && !own) rooms.get(room)?.tell('arrived', item);
      rooms.get(room)?.tell('changes', []);
    },
  };
}

describe('unread in rooms', () => {
  test('what was said before a room was new here is read; what comes after is not', () => {
    const { watch, say, came } = page(world(), ['lobby']);
    say('lobby', 'of old', { live: false });
    say('lobby', 'of old too', { live: false });
    expect(watch.unread('lobby').count).toBe(0);
    say('lobby', 'now');
    say('lobby', 'and @ada', { own: false });
    say('lobby', 'mine', { own: true });
    expect(watch.unread('lobby')).toEqual({ count: 2, mentions: 1, isMore: false });
    expect(came).toEqual(['lobby now', 'lobby and @ada']);
  });

  test('a first word said to me alone is unread, and comes, though it was fetched', () => {
    const { watch, say, came, enter } = page(world(), ['lobby']);
    enter(DIRECT);
    say(DIRECT, 'psst', { live: false });
    expect(watch.unread(DIRECT).count).toBe(1);
    expect(came).toEqual([`${DIRECT} psst`]);
  });

  test('is kept over a reload, and what came meanwhile is added', () => {
    const earth = world();
    const before = page(earth, ['lobby']);
    before.say('lobby', 'one');
    before.say('lobby', 'two');
    before.watch.read('lobby', 1);
    before.watch.close();
    const after = page(earth, ['lobby']);
    expect(after.watch.unread('lobby').count).toBe(1);
    after.say('lobby', 'three', { live: false });
    expect(after.watch.total().count).toBe(2);
    expect(after.watch.readUpTo('lobby')).toBe(1);
  });

  test('a room that was left counts no more', () => {
    const { watch, say, leave } = page(world(), ['lobby', 'tea']);
    say('tea', 'one');
    expect(watch.total().count).toBe(1);
    leave('tea');
    expect(watch.total().count).toBe(0);
  });

  test('listeners are told once for many messages', () => {
    const { watch, say, pass } = page(world(), ['lobby']);
    pass(1_000);
    let told = 0;
    watch.on(() => {
      told += 1;
    });
    for (let n = 0; n < 50; n += 1) say('lobby', String(n));
    pass(1_000);
    expect(told).toBe(1);
  });

  test('I15: whatever is said, read, and loaded again, unread = beyond the cursor and not mine', () => {
    const step = fc.constantFrom('theirs', 'mine', 'read', 'reload');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const earth = world();
        earth.cursors.write('lobby', 0);
        let now = page(earth, ['lobby']);
        let unread = 0;
        for (const one of steps) {
          if (one === 'reload') {
            now.watch.close();
            now = page(earth, ['lobby']);
          } else if (one === 'read') {
            now.watch.read('lobby', earth.said.get('lobby')?.length ?? 0);
            unread = 0;
          } else now.say('lobby', 'x', { own: one === 'mine' });
          if (one === 'theirs') unread += 1;
          expect(now.watch.unread('lobby').count).toBe(unread);
        }
      }),
    );
  });
});

describe('a burst', () => {
  function bursts() {
    const { clock, pass } = fakeClock();
    const told: string[][] = [];
    const { heard, calm } = createBursts({
      clock,
      tell: (_key, items: string[]) => told.push(items),
    });
    return { heard, calm, pass, told };
  }

  test('is told once, with all that came in its first second', () => {
    const { heard, pass, told } = bursts();
    heard('lobby', 'a');
    heard('lobby', 'b');
    pass(1_000);
    heard('lobby', 'c');
    pass(29_000);
    heard('lobby', 'd');
    pass(29_000);
    expect(told).toEqual([['a', 'b']]);
    pass(1_000);
    heard('lobby', 'e');
    pass(1_000);
    expect(told).toEqual([['a', 'b'], ['e']]);
  });

  test('is not told when somebody has looked meanwhile; the next is a new one', () => {
    const { heard, calm, pass, told } = bursts();
    heard('lobby', 'a');
    calm();
    pass(1_000);
    heard('lobby', 'b');
    pass(1_000);
    expect(told).toEqual([['b']]);
  });
});
