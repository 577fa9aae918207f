// Promise: once a removal is answered, no entry after it reaches the removed person and every frame of theirs is refused, whatever they raced.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { race } from './removal-races.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';

/** `npm run races` plays more. */
const ROUNDS = 100;
const SEED = Number(process.env.CONTRACT_SEED ?? 1);

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await startLocal(['--quiet']);
});
afterAll(() => runtime.stop());

test(`${ROUNDS} races of a removal end with nothing heard and nothing done, seed ${SEED}`, async () => {
  const { websocket } = runtime;
  expect(await race(websocket, { rounds: ROUNDS, seed: SEED, lanes: 2 })).toEqual([]);
});
