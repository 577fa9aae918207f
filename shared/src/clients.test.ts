// Client leases: who holds one, who takes it from whom, and that a call made twice is as one made once.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startAws, type TestAws } from '../../tests/product/aws.ts';

let aws: TestAws;
let takeLease: typeof import('./clients.ts').takeLease;

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  ({ takeLease } = await import('./clients.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const take = (connectionId: string, epoch: number) =>
  takeLease({ userId: 'u_1', clientId: 'client-1', connectionId, epoch });

test('the first to come has it, from nobody', async () => {
  expect(await take('a=', 0)).toEqual([]);
});

test('a higher epoch takes it from its holder; the same or a lower one does not', async () => {
  await take('a=', 1);
  expect(await take('b=', 1)).toBeUndefined();
  expect(await take('b=', 0)).toBeUndefined();
  expect(await take('c=', 2)).toEqual(['a=']);
  expect(await take('a=', 1)).toBeUndefined();
});

test('a call that was made twice, because its first answer was lost, tells the same', async () => {
  await take('a=', 1);
  expect(await take('b=', 2)).toEqual(['a=']);
  expect(await take('b=', 2)).toEqual(['a=']);
});

test('names the predecessor of who it takes it from too, for that one may have failed to tell it', async () => {
  await take('a=', 1);
  await take('b=', 2);
  expect(await take('c=', 3)).toEqual(['b=', 'a=']);
});

test('carries an end, after which its row binds nobody', async () => {
  await take('a=', 5);
  const [row] = await aws.rows(aws.tables.connections);
  expect(Number(row?.expiresAt?.N)).toBeGreaterThan(Date.now() / 1000 + 2 * 60 * 60);
  await aws.put(aws.tables.connections, { ...row, expiresAt: { N: '1' } });
  expect(await take('b=', 1)).not.toBeUndefined();
});

test('I13: whatever order hellos come in, and side by side, one connection holds it and every other is named to be ended or told so', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (epochs, atOnce) => {
        await aws.reset();
        const calls = epochs.map((epoch, at) => () => take(`c${at}=`, epoch));
        const answers: (string[] | undefined)[] = [];
        if (atOnce) answers.push(...(await Promise.all(calls.map((call) => call()))));
        else for (const call of calls) answers.push(await call());
        const [row] = await aws.rows(aws.tables.connections);
        const holder = row?.connectionId?.S ?? '';
        expect(Number(row?.epoch?.N)).toBe(Math.max(...epochs));
        const ended = new Set(answers.flatMap((answer) => answer ?? []));
        for (const [at, answer] of answers.entries()) {
          const me = `c${at}=`;
          if (me === holder) expect(ended.has(me)).toBe(false);
          else expect(answer === undefined || ended.has(me)).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});
