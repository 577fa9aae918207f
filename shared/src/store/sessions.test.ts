// Client leases: who holds one, who takes it from whom, and that a call made twice is as one made once.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import type { SessionLease } from './sessions.ts';

let aws: TestAws;
let acquireSession: typeof import('./sessions.ts').acquireSession;
let settleSession: typeof import('./sessions.ts').settleSession;

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  ({ acquireSession, settleSession } = await import('./sessions.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const mine = { userId: 'u_1', clientId: 'client-1' };
const take = (connectionId: string, epoch: number) =>
  acquireSession({ ...mine, connectionId, epoch });
const from = (...older: string[]) => ({ taken: true, older });

test('the first to come has it, from nobody', async () => {
  expect(await take('a=', 0)).toEqual(from());
});

test('a higher epoch takes it from its holder; the same or a lower one is told which has it', async () => {
  await take('a=', 1);
  expect(await take('b=', 1)).toEqual({ taken: false, epoch: 1 });
  expect(await take('b=', 0)).toEqual({ taken: false, epoch: 1 });
  expect(await take('c=', 2)).toEqual(from('a='));
  expect(await take('a=', 1)).toEqual({ taken: false, epoch: 2 });
});

test('a call that was made twice, because its first answer was lost, tells the same', async () => {
  await take('a=', 1);
  expect(await take('b=', 2)).toEqual(from('a='));
  expect(await take('b=', 2)).toEqual(from('a='));
});

test('remembers every older connection until it is told to forget it', async () => {
  await take('a=', 1);
  await take('b=', 2);
  await take('c=', 3);
  expect(await take('d=', 4)).toEqual(from('a=', 'b=', 'c='));
  await settleSession({ ...mine, connectionId: 'd=', epoch: 4 }, { ended: ['a=', 'c='] });
  expect(await take('e=', 5)).toEqual(from('b=', 'd='));
});

test('remembers the hour in which the client was counted, through every taker', async () => {
  await take('a=', 1);
  await settleSession({ ...mine, connectionId: 'a=', epoch: 1 }, { ended: [], came: 490_000 });
  expect(await take('b=', 2)).toEqual({ ...from('a='), came: 490_000 });
  await settleSession({ ...mine, connectionId: 'b=', epoch: 2 }, { ended: ['a='], came: 490_001 });
  expect(await take('c=', 3)).toEqual({ ...from('b='), came: 490_001 });
});

test('carries an end, after which its row binds nobody', async () => {
  await take('a=', 5);
  const [row] = await aws.rows(aws.tables.connections);
  expect(Number(row?.expiresAt?.N)).toBeGreaterThan(Date.now() / 1000 + 2 * 60 * 60);
  await aws.put(aws.tables.connections, { ...row, expiresAt: { N: '1' } });
  expect(await take('b=', 1)).toMatchObject({ taken: true });
});

test('I13: whatever order hellos come in, and side by side, one connection holds it and every other is named to be ended or told so', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (epochs, atOnce) => {
        await aws.reset();
        const calls = epochs.map((epoch, at) => () => take(`c${at}=`, epoch));
        const answers: SessionLease[] = [];
        if (atOnce) answers.push(...(await Promise.all(calls.map((call) => call()))));
        else for (const call of calls) answers.push(await call());
        const [row] = await aws.rows(aws.tables.connections);
        const holder = row?.connectionId?.S ?? '';
        expect(Number(row?.epoch?.N)).toBe(Math.max(...epochs));
        const ended = new Set(answers.flatMap((answer) => (answer.taken ? answer.older : [])));
        for (const [at, answer] of answers.entries()) {
          const me = `c${at}=`;
          if (me === holder) expect(ended.has(me)).toBe(false);
          else expect(!answer.taken || ended.has(me)).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});
