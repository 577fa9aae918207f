// Proves that the tabs of a browser share one line: who leads, who takes over, and that nothing is lost between.
import { describe, expect, test } from '@jest/globals';
import { fakeBrowser, SOURCES, type Source } from './fake-browser.ts';
import { type FakeTab, openTab, openWorld } from './fake-tab.ts';
import { fakeClock } from './workbench.ts';

function start(...names: string[]) {
  const { clock, pass } = fakeClock();
  const world = openWorld(clock);
  const tabs: FakeTab[] = [];
  function open(name: string) {
    const tab = openTab(name, world);
    tabs.push(tab);
    pass(500);
    return tab;
  }
  names.map(open);
  const states = () => tabs.map(({ line }) => [line.status().state, line.status().leads]);
  const tab = (at: number) => {
    const found = tabs[at];
    if (!found) throw new Error(`There is no tab ${at}.`);
    return found;
  };
  return { ...world, pass, open, tab, states };
}

/** Until its next tick; a follower that steals has waited three. */
const TICK_MS = 1_000;

describe('tabs of one browser', () => {
  test('the first leads, the others are live through it, over one socket', () => {
    const { room, states } = start('a', 'b', 'c');
    expect(states()).toEqual([
      ['live', true],
      ['live', false],
      ['live', false],
    ]);
    expect(room.hellos()).toBe(1);
  });

  test('a follower that comes late is welcomed once, and so is every other', () => {
    const { tab, pass } = start('a', 'b', 'c');
    pass(10 * TICK_MS);
    expect([0, 1, 2].map((at) => tab(at).welcomes())).toEqual([1, 1, 1]);
  });

  test('what a follower says is sent by the leader, and all hear it', () => {
    const { tab, room, pass } = start('a', 'b');
    tab(1).say('m1');
    pass(TICK_MS);
    expect(room.arrivals).toEqual(new Map([['m1', 1]]));
    expect([tab(0).heard, tab(1).heard]).toEqual([new Map([[1, 'm1']]), new Map([[1, 'm1']])]);
  });

  test('a leader that is closed hands over within two seconds', () => {
    const { tab, room, pass } = start('a', 'b', 'c');
    tab(0).close();
    pass(2_000);
    expect(room.live()).toHaveLength(1);
    expect([tab(1).line.status(), tab(2).line.status()]).toMatchObject([
      { state: 'live', leads: true },
      { state: 'live', leads: false },
    ]);
    expect(tab(2).welcomes()).toBe(2);
  });

  test('what was said while there was no leader is sent by the next, once', () => {
    const { tab, room, pass, unsent } = start('a', 'b', 'c');
    tab(0).close();
    tab(2).say('m1');
    pass(2_000);
    expect(room.arrivals).toEqual(new Map([['m1', 1]]));
    expect(unsent.size).toBe(0);
  });

  test('what a leader wrote and never sent is sent by its successor', () => {
    const { tab, room, pass } = start('a', 'b');
    room.cutAll();
    pass(50);
    tab(0).say('m1');
    tab(0).close();
    pass(2_000);
    expect(room.stored).toEqual(['m1']);
    expect(tab(1).heard).toEqual(new Map([[1, 'm1']]));
  });

  test('a frozen leader loses the line after some seconds of silence', () => {
    const { tab, room, pass } = start('a', 'b');
    tab(0).life.freeze();
    pass(2_000);
    expect(tab(1).line.status().leads).toBe(false);
    pass(3_500);
    expect(tab(1).line.status()).toMatchObject({ state: 'live', leads: true });
    expect(room.live()).toHaveLength(1);
  });

  test.each<Source>([...SOURCES])(
    'a leader that thaws, %s first, does not fight its successor',
    (source) => {
      const { tab, room, pass, states } = start('a', 'b');
      tab(0).life.freeze();
      pass(60_000);
      const before = room.hellos();
      tab(0).life.thaw([source]);
      pass(60_000);
      expect(states()).toEqual([
        ['live', false],
        ['live', true],
      ]);
      expect(tab(0).statuses.map(({ state }) => state)).not.toContain('replaced');
      expect(room.hellos()).toBe(before);
    },
  );

  test('a leader that was frozen while it waited to reconnect does not reconnect', () => {
    const { tab, room, pass } = start('a', 'b');
    room.cutAll();
    pass(50);
    tab(0).life.freeze();
    pass(10_000);
    const before = room.hellos();
    tab(0).life.thaw(['timer']);
    pass(60_000);
    expect(room.hellos()).toBe(before);
    expect(room.awake()).toHaveLength(1);
  });

  test.each([0, 1])(
    'a tab that was frozen and deaf, the one at %d, hears what it missed at once',
    (at) => {
      const { tab, pass } = start('a', 'b', 'c');
      tab(2).say('m1');
      pass(TICK_MS);
      tab(at).life.freeze(true);
      pass(10_000);
      tab(2).say('m2');
      pass(TICK_MS);
      tab(at).life.thaw();
      pass(2 * TICK_MS);
      expect([...tab(at).heard.values()]).toEqual(['m1', 'm2']);
    },
  );

  test('a tab that nobody looks at leaves a silent leader alone until it has something to say', () => {
    const { tab, pass } = start('a', 'b');
    tab(1).line.visible(false);
    pass(5 * TICK_MS);
    tab(0).life.freeze();
    pass(60_000);
    expect(tab(1).line.status().leads).toBe(false);
    tab(1).say('m1');
    pass(6_000);
    expect(tab(1).line.status().leads).toBe(true);
    expect(tab(1).heard).toEqual(new Map([[1, 'm1']]));
  });

  test.each<Source>([...SOURCES])(
    'a follower that slept, %s first, does not take its sleep for the leader’s',
    (source) => {
      const { tab, pass, states } = start('a', 'b');
      // It has just asked, and sleeps through the answer.
      tab(1).line.wake();
      tab(1).life.freeze();
      pass(60_000);
      tab(1).life.thaw([source]);
      pass(10_000);
      expect(states()).toEqual([
        ['live', true],
        ['live', false],
      ]);
    },
  );

  test('replaced by another browser is terminal in every tab, until one says: here', () => {
    const { tab, room, pass, clock, states } = start('a', 'b');
    const copy = { clock, room, browser: fakeBrowser(clock), unsent: new Set<string>() };
    copy.browser.keep.write('epoch', 1_000);
    const other = openTab('x', copy);
    pass(300_000);
    expect(states().map(([state]) => state)).toEqual(['replaced', 'replaced']);
    expect(room.hellos()).toBe(2);
    tab(1).line.useHere();
    pass(300_000);
    expect(states().map(([state]) => state)).toEqual(['live', 'live']);
    expect(other.line.status().state).toBe('replaced');
    expect(room.hellos()).toBe(3);
  });

  test('a tab that stops gives the line on', () => {
    const { tab, pass, states, room } = start('a', 'b');
    tab(0).line.stop();
    pass(2_000);
    expect(states()).toEqual([
      ['idle', false],
      ['live', true],
    ]);
    expect(room.live()).toHaveLength(1);
  });

  test.each([null, 7, 'status', {}, { kind: 'other' }])(
    'is not disturbed by %j on the channel',
    (message) => {
      const { browser, pass, states, tab } = start('a', 'b');
      browser
        .openChannel(tab(0).life)('hubbub', () => {})
        .post(message);
      pass(TICK_MS);
      expect(states()).toEqual([
        ['live', true],
        ['live', false],
      ]);
    },
  );
});
