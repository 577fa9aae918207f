// Proves that the page neither flashes at a blip nor chatters at who listens to it.
import { describe, expect, test } from '@jest/globals';
import { createAnnouncer } from '../../front/src/core/announcer.js';
import { createCalm } from '../../front/src/core/calm.js';
import type { LineState } from '../../front/src/core/line.js';
import { en } from '../../front/src/words/en.js';
import { fakeClock } from './workbench.ts';

describe('announcements', () => {
  const start = () => {
    const { clock, pass } = fakeClock();
    const said: string[] = [];
    const say = (words: string) => said.push(words);
    return { said, pass, announcer: createAnnouncer({ clock, say, words: en.people }) };
  };

  test('come a second later: a name for one, a number for many', () => {
    const { announcer, said, pass } = start();
    announcer.heard('maré');
    pass(999);
    expect(said).toEqual([]);
    pass(1);
    for (let times = 0; times < 50; times += 1) announcer.heard('Ines');
    pass(60_000);
    expect(said).toEqual(['New message from maré', '50 new messages']);
  });

  test('of a room that is left are not made, and the next begins anew', () => {
    const { announcer, said, pass } = start();
    announcer.heard('maré');
    announcer.heard('maré');
    announcer.stop();
    pass(60_000);
    announcer.heard('Ines');
    pass(1_000);
    expect(said).toEqual(['New message from Ines']);
  });
});

describe('the shown status', () => {
  function start() {
    const { clock, pass } = fakeClock();
    const shown: LineState[] = [];
    const calm = createCalm({ clock, show: ({ state }) => shown.push(state) });
    const become = (state: LineState, online = true) =>
      calm.changed({ state, retryAt: null, online, reason: null, leads: true });
    return { pass, shown, become };
  }

  test('says nothing of a fall shorter than five seconds', () => {
    const { pass, shown, become } = start();
    for (const state of ['connecting', 'live', 'waiting', 'connecting'] as const) become(state);
    pass(4_999);
    become('live');
    pass(60_000);
    expect(new Set(shown.slice(1))).toEqual(new Set(['live']));
  });

  test('tells a longer one, and what follows at once', () => {
    const { pass, shown, become } = start();
    become('live');
    become('waiting');
    pass(5_000);
    expect(shown).toEqual(['live', 'waiting']);
    become('connecting');
    become('live');
    expect(shown).toEqual(['live', 'waiting', 'connecting', 'live']);
  });

  test('tells at once that there is no network, and at once that the line lives again', () => {
    const { pass, shown, become } = start();
    become('live');
    become('waiting', false);
    expect(shown).toEqual(['live', 'waiting']);
    become('connecting');
    become('live');
    expect(shown).toEqual(['live', 'waiting', 'connecting', 'live']);
    pass(60_000);
    expect(shown.at(-1)).toBe('live');
  });

  test('tells it within a fall as well', () => {
    const { pass, shown, become } = start();
    become('live');
    become('waiting');
    pass(1_000);
    become('waiting', false);
    expect(shown).toEqual(['live', 'waiting']);
    pass(60_000);
    expect(shown).toEqual(['live', 'waiting']);
  });

  test.each(['replaced', 'closed'] as const)('tells at once that it is %s', (state) => {
    const { pass, shown, become } = start();
    become('live');
    become('waiting');
    become(state);
    pass(60_000);
    expect(shown).toEqual(['live', state]);
  });
});
