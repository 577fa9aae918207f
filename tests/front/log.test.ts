// What the log decides without a screen: which rows there are, whose words go together, what time it is there.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanText } from '../../front/src/core/clean-text.js';
import { openingsOf } from '../../front/src/core/grouping.js';
import { createRowWindow } from '../../front/src/core/row-window.js';
import { createServerClock } from '../../front/src/core/server-clock.js';
import type { Item } from '../../front/src/core/timeline.js';

const keys = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `m${from + n}`);

describe('the rows', () => {
  test('are the newest while one follows', () => {
    const rows = createRowWindow(400);
    expect(rows.place(keys(0, 1_000), true)).toEqual({ from: 600, to: 1_000 });
    expect(rows.hasAbove()).toBe(true);
    expect(rows.hasBelow()).toBe(false);
  });

  test('stay where one reads when more is said below, and are unfilled there', () => {
    const rows = createRowWindow(400);
    rows.place(keys(0, 500), true);
    expect(rows.place(keys(0, 550), false)).toEqual({ from: 100, to: 500 });
    expect(rows.hasBelow()).toBe(true);
    expect(rows.down(keys(0, 550))).toEqual({ from: 150, to: 550 });
    expect(rows.hasBelow()).toBe(false);
  });

  test('take in a page that came above the oldest', () => {
    const rows = createRowWindow(400);
    rows.place(keys(50, 450), true);
    expect(rows.place(keys(0, 450), false)).toEqual({ from: 0, to: 400 });
  });

  test('are found again when all of them are gone', () => {
    const rows = createRowWindow(400);
    rows.place(keys(0, 400), true);
    expect(rows.place(keys(9_000, 9_050), false)).toEqual({ from: 0, to: 50 });
  });

  test('are never too many, and always of what is known', () => {
    const step = fc.record({
      do: fc.constantFrom('place', 'follow', 'up', 'down'),
      above: fc.nat(80),
      below: fc.nat(80),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const rows = createRowWindow(100);
        let [first, end] = [1_000, 1_000];
        for (const { do: act, above, below } of steps) {
          first -= above;
          end += below;
          const known = keys(first, end);
          let place = rows.place(known, act === 'follow');
          if (act === 'up' || act === 'down') place = rows[act](known);
          expect(place.to - place.from).toBeLessThanOrEqual(100);
          expect(place.from).toBeGreaterThanOrEqual(0);
          expect(place.to).toBeLessThanOrEqual(known.length);
          if (act === 'follow') expect(place.to).toBe(known.length);
        }
      }),
    );
  });
});

describe('M10: what opens a group', () => {
  const said = (more: Partial<Item> = {}): Item => ({
    messageId: 'm',
    room: 'lobby',
    state: 'sent',
    own: false,
    seq: 1,
    userId: 'grace',
    nickname: 'Grace',
    text: 'words',
    at: new Date(2026, 10, 21, 12, 0).getTime(),
    localAt: 0,
    position: 0,
    reason: null,
    ...more,
  });
  const minutes = (n: number) => new Date(2026, 10, 21, 12, n).getTime();

  test('is another voice, more than five minutes, or another day', () => {
    expect(openingsOf(undefined, said())).toEqual({ opensDay: true, opensGroup: true });
    expect(openingsOf(said(), said({ at: minutes(5) })).opensGroup).toBe(false);
    expect(openingsOf(said(), said({ at: minutes(6) })).opensGroup).toBe(true);
    expect(openingsOf(said(), said({ userId: 'alan' })).opensGroup).toBe(true);
    const [late, early] = [new Date(2026, 10, 21, 23, 59), new Date(2026, 10, 22, 0, 1)];
    expect(openingsOf(said({ at: late.getTime() }), said({ at: early.getTime() }))).toEqual({
      opensDay: true,
      opensGroup: true,
    });
  });

  test('is no day of an unsent one: its time is only this machine’s', () => {
    const unsent = said({ seq: null, state: 'pending', own: true, at: 0, localAt: 1 });
    expect(openingsOf(said(), unsent).opensDay).toBe(false);
  });
});

describe('the server’s clock', () => {
  const HOUR_MS = 3_600_000;
  const DAY_MS = 24 * HOUR_MS;
  const START = Date.UTC(2026, 10, 21, 12);
  const iso = (ms: number) => new Date(ms).toISOString();

  /** A machine whose clock is wrong by `wrong` milliseconds, and a server whose clock is right. */
  function machine(wrong: number) {
    let real = START;
    let error = wrong;
    let awake = 0;
    const clock = createServerClock({ now: () => real + error, elapsed: () => awake });
    return {
      clock,
      real: () => real,
      pass(ms: number) {
        real += ms;
        awake += ms;
      },
      sleep(ms: number) {
        real += ms;
      },
      set(next: number) {
        error = next;
      },
      /** A message that is `late`. */
      message: (late = 0) => clock.passed(iso(real - late)),
      pong: () => clock.told(iso(real)),
    };
  }

  test('is this machine’s while nothing was said, then what the first word says', () => {
    const { clock, message, real } = machine(3 * HOUR_MS);
    expect(clock.now()).toBe(START + 3 * HOUR_MS);
    message();
    expect(clock.now()).toBe(real());
  });

  test('is not set back by a message that comes late, and is set by an answer', () => {
    const { clock, message, pong, pass, real } = machine(3 * HOUR_MS);
    message();
    pass(HOUR_MS);
    message(8 * HOUR_MS);
    expect(clock.now()).toBe(real());
    clock.passed(iso(real() + HOUR_MS));
    expect(clock.now()).toBe(real() + HOUR_MS);
    pong();
    expect(clock.now()).toBe(real());
  });

  test.each([
    ['two days behind, then right', -2 * DAY_MS, 0],
    ['right, then two days behind', 0, -2 * DAY_MS],
    ['two days ahead, then right', 2 * DAY_MS, 0],
    ['right, then two days ahead', 0, 2 * DAY_MS],
  ])('follows the next message of a machine that is %s', (_, before, after) => {
    const { clock, message, pass, set, real } = machine(before);
    message();
    pass(HOUR_MS);
    set(after);
    message();
    expect(clock.now()).toBe(real());
  });

  test('tells once that the clock jumped, by a setting or by a sleep', () => {
    const { clock, pass, set, sleep, pong } = machine(0);
    pong();
    pass(10 * HOUR_MS);
    expect(clock.jumped()).toBe(false);
    set(-DAY_MS);
    expect([clock.jumped(), clock.jumped()]).toEqual([true, false]);
    sleep(8 * HOUR_MS);
    expect([clock.jumped(), clock.jumped()]).toEqual([true, false]);
  });

  test('ignores what is no time', () => {
    const { clock, pong, real } = machine(HOUR_MS);
    pong();
    for (const odd of ['', 'soon', 'NaN']) {
      clock.told(odd);
      clock.passed(odd);
    }
    expect(clock.now()).toBe(real());
  });

  test('is right after each answer, whatever was set, slept and said late before', () => {
    const span = fc.integer({ min: 0, max: 3 * DAY_MS });
    const step = fc.tuple(fc.constantFrom('pass', 'sleep', 'set', 'behind', 'late'), span);
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { clock, ...world } = machine(0);
        for (const [act, ms] of steps) {
          if (act === 'pass') world.pass(ms);
          else if (act === 'sleep') world.sleep(ms);
          else if (act === 'set') world.set(ms);
          else if (act === 'behind') world.set(-ms);
          else world.message(ms);
        }
        world.pong();
        expect(clock.now()).toBe(world.real());
        world.pass(HOUR_MS);
        world.message(HOUR_MS);
        expect(clock.now()).toBe(world.real());
      }),
    );
  });
});

describe('what is copied', () => {
  test('is the words alone of one, and who said it when of several', () => {
    const said = { name: 'Ada', time: '12:00', text: 'one\ntwo' };
    expect(cleanText([said])).toBe('one\ntwo');
    expect(cleanText([said, { ...said, name: 'Grace', text: 'yes' }])).toBe(
      'Ada, 12:00: one\ntwo\nGrace, 12:00: yes',
    );
  });
});
