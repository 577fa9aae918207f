// Proves who a client is to the server: one secret for all tabs, and epochs that grow though storage loses the last one.
import { expect, test } from '@jest/globals';
import { createIdentity } from '../../front/src/core/identity.js';
import { fakeStorage } from './workbench.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

function start(world = { now: NOON }) {
  const { keep, values } = fakeStorage();
  let minted = 0;
  const randomBytes = (count: number) => {
    minted += 1;
    return new Uint8Array(count).fill(minted);
  };
  const open = () => createIdentity({ keep, randomBytes, now: () => world.now });
  return { open, values, world };
}

test('two tabs that load at once are one client with one secret', () => {
  const { open } = start();
  const [one, other] = [open(), open()];
  expect([one.clientId, one.secret]).toEqual([other.clientId, other.secret]);
});

test('nothing is made up before somebody connects', () => {
  const { open, values } = start();
  open();
  expect(values.size).toBe(0);
});

test('a crash that takes the last epoch from storage takes nothing from the next', () => {
  const { open, values, world } = start();
  const said = open().nextEpoch();
  values.delete('epoch');
  world.now += 1_000;
  expect(open().nextEpoch()).toBeGreaterThan(said);
});

test('epochs grow within a millisecond, and though the clock is set back', () => {
  const { open, world } = start();
  const identity = open();
  const epochs = [identity.nextEpoch(), identity.nextEpoch()];
  world.now -= 3_600_000;
  epochs.push(identity.nextEpoch(), open().nextEpoch());
  expect(epochs).toEqual([NOON, NOON + 1, NOON + 2, NOON + 3]);
});

test('“use here” goes above the one who has the line, whatever this machine’s clock says', () => {
  const { open } = start();
  const ahead = NOON + 3 * 3_600_000;
  expect(open().overtake(ahead)).toBe(ahead + 1);
});
