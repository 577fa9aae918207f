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

  test('is guessed from what was just said, and what came late counts for less', () => {
    const clock = createServerClock(() => 10 * HOUR_MS);
    expect(clock.now()).toBe(10 * HOUR_MS);
    clock.heard({ at: 7 * HOUR_MS, localAt: 10 * HOUR_MS });
    expect(clock.now()).toBe(7 * HOUR_MS);
    clock.heard({ at: 2 * HOUR_MS, localAt: 10 * HOUR_MS });
    expect(clock.now()).toBe(7 * HOUR_MS);
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
