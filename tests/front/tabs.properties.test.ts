// Proves, over thousands of lives of a browser, that its tabs end with one line, nothing lost and nothing doubled.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SOURCES, type Source } from './fake-browser.ts';
import { type FakeTab, openTab, openWorld } from './fake-tab.ts';
import { fakeClock } from './workbench.ts';

/** Silence until the lock is stolen, a tick, and the greeting. */
const HANDOVER_MS = 6_000;
/** Sockets of two tabs that are awake: until the older is told. */
const OVERLAP_MS = 1_000;
const STEP_MS = 50;

type Step =
  | { do: 'open' }
  | { do: 'cut' }
  | { do: 'close' | 'say'; which: number }
  | { do: 'freeze'; which: number; isDeaf: boolean }
  | { do: 'thaw'; which: number; order: Source[] }
  | { do: 'wait'; ms: number };

const which = fc.nat(5);
const order = fc.shuffledSubarray<Source>([...SOURCES]);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'open' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'cut' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('freeze' as const), which, isDeaf: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('thaw' as const), which, order }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('say' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(100), fc.nat(10_000)),
    }),
  },
);

function run(steps: Step[]) {
  const { clock, pass } = fakeClock();
  const world = openWorld(clock);
  let tabs: FakeTab[] = [];
  let opened = 0;
  const said: string[] = [];
  let doubleSince: number | null = null;
  let longestDouble = 0;

  function wait(ms: number) {
    for (let left = ms; left > 0; left -= STEP_MS) {
      pass(Math.min(STEP_MS, left));
      const isDouble = new Set(world.room.awake().map((one) => one.life)).size > 1;
      doubleSince = isDouble ? (doubleSince ?? clock.now()) : null;
      if (doubleSince !== null) longestDouble = Math.max(longestDouble, clock.now() - doubleSince);
    }
  }

  function take(one: Step) {
    if (one.do === 'open') tabs.push(openTab(`tab-${++opened}`, world));
    else if (one.do === 'cut') world.room.cutAll();
    else if (one.do === 'wait') wait(one.ms);
    else {
      const tab = tabs[one.which % Math.max(1, tabs.length)];
      if (!tab) return;
      if (one.do === 'freeze') tab.life.freeze(one.isDeaf);
      else if (one.do === 'thaw') tab.life.thaw(one.order);
      else if (one.do === 'close') {
        tab.close();
        tabs = tabs.filter((other) => other !== tab);
      } else if (one.do === 'say' && !tab.life.isFrozen()) {
        said.push(`m${said.length}`);
        tab.say(`m${said.length - 1}`);
      }
    }
  }
  for (const one of steps) take(one);
  return { ...world, wait, said, tabs: () => tabs, take, longestDouble: () => longestDouble };
}

describe('whatever tabs do,', () => {
  test('those that are awake soon have one line, and two never stay', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { wait, tabs, room, longestDouble } = run(steps);
        const awake = () => tabs().filter(({ life }) => !life.isFrozen());
        wait(HANDOVER_MS + 70_000);
        if (awake().length > 0) {
          expect(room.awake()).toHaveLength(1);
          expect(awake().filter(({ line }) => line.status().leads)).toHaveLength(1);
          for (const { line } of awake()) expect(line.status().state).toBe('live');
        }
        expect(longestDouble()).toBeLessThanOrEqual(OVERLAP_MS);
      }),
      { numRuns: 200 },
    );
  });

  test('I1, I2, I9, I10: all that was said is stored once and on every screen, and the outbox is empty', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { wait, take, tabs, room, said, unsent } = run(steps);
        for (const { life } of tabs()) life.thaw();
        take({ do: 'open' });
        wait(120_000);
        expect(room.stored.toSorted()).toEqual(said.toSorted());
        expect(unsent.size).toBe(0);
        const history = new Map(room.stored.map((messageId, at) => [at + 1, messageId]));
        for (const { heard } of tabs()) {
          expect(new Map([...heard].toSorted(([a], [b]) => a - b))).toEqual(history);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('I13: when all is quiet one connection is live, and no tab asks for another', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { wait, take, tabs, room } = run(steps);
        for (const { life } of tabs()) life.thaw();
        take({ do: 'open' });
        wait(120_000);
        const before = room.hellos();
        expect(room.live()).toHaveLength(1);
        wait(600_000);
        expect(room.live()).toHaveLength(1);
        expect(room.hellos()).toBe(before);
      }),
      { numRuns: 100 },
    );
  });
});
