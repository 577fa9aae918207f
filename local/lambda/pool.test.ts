// A pool: one request at a time in a sandbox, few sandboxes for many requests, reserved concurrency, faults on purpose.
import { afterEach, expect, test } from '@jest/globals';
import { type Fixture, startFixture } from '../testing/functions.ts';

let fixture: Fixture;
afterEach(() => fixture.stop());

const SLOW = `import { threadId } from 'node:worker_threads';
let running = 0; let most = 0;
export const handler = async ({ ms = 2 }) => {
  most = Math.max(most, ++running);
  await new Promise((done) => setTimeout(done, ms));
  running--;
  return { threadId, most };
};`;

/** Busy until killed. */
const HANG = `export const handler = async (event) => {
  if (event.hang) { console.log('hanging'); await new Promise((done) => setTimeout(done, 60_000)); }
  return 'ok';
};`;

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('300 requests at once are all answered, by no more sandboxes than the cap, one at a time in each', async () => {
  fixture = await startFixture({ probe: SLOW }, {}, { concurrency: 4 });
  const { invoke, functions } = fixture;
  const all = await Promise.all(Array.from({ length: 300 }, () => invoke()));
  expect(all.filter(({ output }) => output.FunctionError)).toEqual([]);
  expect(new Set(all.map(({ value }) => value.most))).toEqual(new Set([1]));
  expect(new Set(all.map(({ value }) => value.threadId)).size).toBeLessThanOrEqual(4);
  expect(functions.sandboxes().probe).toBeLessThanOrEqual(4);
});

test('sandboxes that idle end, but for the last', async () => {
  fixture = await startFixture({ probe: SLOW }, {}, { concurrency: 3, idleMs: 20 });
  const { invoke, functions } = fixture;
  await Promise.all([invoke({ ms: 300 }), invoke({ ms: 300 }), invoke({ ms: 300 })]);
  await until(() => functions.sandboxes().probe === 1);
  expect((await invoke()).value.most).toBe(1);
});

test('beyond a reserved concurrency Lambda throttles', async () => {
  fixture = await startFixture({ probe: HANG }, { reservedConcurrency: 1 });
  const { invoke, functions, details } = fixture;
  const first = invoke({ hang: true });
  await expect(invoke()).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 });
  await until(() => details.length > 0);
  await functions.kill('probe');
  await first;
  expect((await invoke()).value).toBe('ok');
});

test('a killed sandbox fails its invocation with Runtime.ExitError, and others go on', async () => {
  fixture = await startFixture({ probe: HANG });
  const { invoke, functions, details } = fixture;
  expect(await functions.kill('probe')).toBe(false);
  const hanging = invoke({ hang: true });
  await until(() => details.includes('probe | hanging'));
  expect(await functions.kill('probe')).toBe(true);
  expect((await hanging).value).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(/Runtime exited with error: signal: killed$/),
  });
  expect((await invoke()).value).toBe('ok');
});

test('settled waits for what runs, and says when it gave up', async () => {
  fixture = await startFixture({ probe: HANG });
  const { invoke, functions, details } = fixture;
  expect(await functions.settled(0)).toBe(true);
  const hanging = invoke({ hang: true });
  await until(() => details.length > 0);
  expect(await functions.settled(10)).toBe(false);
  await functions.kill('probe');
  await hanging;
  expect(await functions.settled(10_000)).toBe(true);
});

test('stop fails what runs and what waits', async () => {
  fixture = await startFixture({ probe: HANG }, {}, { concurrency: 1 });
  const { invoke, functions, details } = fixture;
  const both = [invoke({ hang: true }), invoke({ hang: true })];
  await until(() => details.length > 0);
  await functions.stop();
  for (const { value } of await Promise.all(both))
    expect(value).toMatchObject({ errorType: 'Runtime.ExitError' });
});

test('a warmed function serves its first request from the sandbox that waits, without a cold start', async () => {
  fixture = await startFixture({ probe: SLOW, other: SLOW });
  const { invoke, functions } = fixture;
  await functions.warm();
  await functions.warm();
  expect(functions.sandboxes()).toEqual({ probe: 1, other: 1 });
  const { output } = await invoke({}, { LogType: 'Tail' });
  expect(Buffer.from(String(output.LogResult), 'base64').toString()).not.toMatch(/Init Duration/);
  expect(functions.sandboxes().probe).toBe(1);
});

test('a function that cannot start is warmed in silence, and tells who calls it', async () => {
  fixture = await startFixture({ probe: 'throw new Error("no"); export const handler = 1;' });
  const { invoke, functions } = fixture;
  await functions.warm();
  expect((await invoke()).output.FunctionError).toBe('Unhandled');
});
