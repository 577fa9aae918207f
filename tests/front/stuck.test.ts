// Proves when a message that was not sent is told of: as it gets stuck, once, and never because it was found so.
import { expect, test } from '@jest/globals';
import { type Change, hearStuck, holdsStuck } from '../../front/src/core/stuck.js';

const said = (messageId: string, state: 'pending' | 'sent' | 'failed' | 'held') => ({
  ...{ messageId, state },
  seq: state === 'sent' ? 1 : null,
});
const placed = (...what: Parameters<typeof said>): Change => ({
  kind: 'place',
  item: said(...what),
});

/** A room that holds these, and how often it was told of. */
function listening(...items: ReturnType<typeof said>[]) {
  let change: (changes: readonly Change[]) => void = () => {};
  let told = 0;
  const room = {
    items: () => items,
    on(_kind: 'changes', listener: typeof change) {
      change = listener;
      return () => {};
    },
  };
  hearStuck(room, () => {
    told += 1;
  });
  return { change: (...changes: Change[]) => change(changes), told: () => told };
}

test('a message that gets stuck is told once, whether refused or too old, also one that was on its way before', () => {
  const { change, told } = listening(said('early', 'pending'));
  change(placed('early', 'failed'));
  expect(told()).toBe(1);
  change(placed('early', 'failed'), placed('late', 'pending'), placed('late', 'held'));
  expect(told()).toBe(2);
});

test('one that is tried again and fails again is told again', () => {
  const { change, told } = listening();
  for (const state of ['pending', 'failed', 'pending', 'failed'] as const)
    change(placed('one', state));
  expect(told()).toBe(2);
});

test('what was stuck when the page came, what was sent and what was deleted are no news', () => {
  const { change, told } = listening(said('old', 'failed'));
  change(placed('old', 'failed'), placed('stored', 'failed'));
  change(placed('one', 'pending'), placed('one', 'sent'));
  change(placed('two', 'pending'), { kind: 'remove', key: 'two' }, placed('two', 'failed'));
  expect(told()).toBe(0);
});

test('a room holds something stuck until it is on its way again', () => {
  expect(holdsStuck([said('a', 'sent'), said('b', 'failed'), said('c', 'pending')])).toBe(true);
  expect(holdsStuck([said('a', 'sent'), said('b', 'held')])).toBe(true);
  expect(holdsStuck([said('a', 'sent'), said('b', 'pending')])).toBe(false);
  expect(holdsStuck([said('a', 'sent')])).toBe(false);
  expect(holdsStuck([])).toBe(false);
});
