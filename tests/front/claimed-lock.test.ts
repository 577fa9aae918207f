// Proves the lock for browsers without Web Locks: one holder, passed on when it ends, and when it is stale.
import { describe, expect, test } from '@jest/globals';
import { createClaimedLock } from '../../front/src/core/claimed-lock.js';
import { createLife, fakeBrowser } from './fake-browser.ts';
import { fakeClock } from './workbench.ts';

function start(count: number, stored: unknown = null) {
  const { clock: world, pass } = fakeClock();
  const { keep } = fakeBrowser(world);
  keep.write('lock', stored);
  const tabs = Array.from({ length: count }, (_, at) => {
    const life = createLife(world);
    const told: string[] = [];
    const lock = createClaimedLock({ keep, clock: life.clock, tab: `tab-${at}` });
    const claimant = {
      granted: () => void told.push('granted'),
      lost: () => void told.push('lost'),
    };
    const ask = (steal = false) => lock.ask(claimant, steal);
    ask();
    return { ...lock, ask, life, told };
  });
  const told = () => tabs.map((tab) => tab.told);
  return { tabs, told, pass };
}

describe('a claimed lock', () => {
  test('goes to one of those who ask at the same moment', () => {
    const { told, pass } = start(3);
    pass(60_000);
    expect(told().flat()).toEqual(['granted']);
  });

  test('that is released is taken within two seconds', () => {
    const { tabs, told, pass } = start(2);
    pass(5_000);
    const first = told()[0]?.length ? 0 : 1;
    tabs[first]?.release();
    pass(2_000);
    expect(told()[1 - first]).toEqual(['granted']);
  });

  test('of a tab that crashed is free after fifteen seconds', () => {
    const { tabs, told, pass } = start(2);
    pass(5_000);
    const first = told()[0]?.length ? 0 : 1;
    tabs[first]?.life.close();
    pass(9_000);
    expect(told()[1 - first]).toEqual([]);
    pass(9_000);
    expect(told()[1 - first]).toEqual(['granted']);
  });

  test('can be stolen, and the one who held it is told', () => {
    const { tabs, told, pass } = start(2);
    pass(5_000);
    const first = told()[0]?.length ? 0 : 1;
    tabs[1 - first]?.ask(true);
    pass(6_000);
    expect(told()[1 - first]).toEqual(['granted']);
    expect(told()[first]).toEqual(['granted', 'lost']);
  });

  test.each([7, 'x', {}, { holder: 'y' }, { holder: 'y', at: Number.MAX_SAFE_INTEGER }])(
    'is free where storage says %j',
    (stored) => {
      const { told, pass } = start(1, stored);
      pass(1_000);
      expect(told()).toEqual([['granted']]);
    },
  );
});
