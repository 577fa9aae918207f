// Proves that Today, Yesterday and the other names of days are dates of the reader's calendar, in every zone and year.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const PROGRAM = resolve(import.meta.dirname, 'zones.ts');
const run = promisify(execFile);

async function zones<T>(...args: string[]): Promise<T> {
  const { stdout } = await run(process.execPath, ['--no-warnings', PROGRAM, ...args]);
  return JSON.parse(stdout) as T;
}

test('in every zone that Intl knows, on both sides of each clock change, a day is a date', async () => {
  const {
    zones: count,
    asked,
    faults,
  } = await zones<{
    zones: number;
    asked: number;
    faults: string[];
  }>();
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(400);
  expect(asked).toBeGreaterThan(count * 50);
}, 120_000);

/** The zone, when it is read, when it was said, by the clocks there; then the name of the day. */
const CASES = [
  ['Europe/Berlin', '2026-03-30T00:30', '2026-03-28T23:45', 'Saturday 28 March'],
  ['Europe/Berlin', '2026-03-30T00:30', '2026-03-29T00:10', 'Yesterday'],
  ['Europe/Berlin', '2026-10-25T23:30', '2026-10-24T00:10', 'Yesterday'],
  ['Europe/Berlin', '2026-10-25T23:30', '2026-10-25T00:10', 'Today'],
  // Midnight of 15 October did not come.
  ['America/Sao_Paulo', '2017-10-16T00:10', '2017-10-15T01:10', 'Yesterday'],
  // 30 December was skipped: nothing was said on the day before the 31st.
  ['Pacific/Apia', '2011-12-31T09:00', '2011-12-29T23:50', 'Thursday 29 December'],
  ['Pacific/Apia', '2012-01-01T00:10', '2011-12-31T00:10', 'Yesterday'],
  // 21 August was skipped.
  ['Pacific/Kwajalein', '1993-08-22T09:00', '1993-08-20T09:00', 'Friday 20 August'],
  ['Pacific/Kwajalein', '1993-08-23T00:10', '1993-08-22T00:10', 'Yesterday'],
  ['UTC', '2026-01-01T00:10', '2025-12-31T23:50', 'Yesterday'],
  ['UTC', '2026-01-02T00:10', '2025-12-31T23:50', 'Wednesday 31 December 2025'],
] as const;

test('the day before is yesterday, however long it lasted, and no other day is', async () => {
  const names = await zones<string[]>(JSON.stringify(CASES.map((one) => one.slice(0, 3))));
  expect(names.map((name) => name.replaceAll(',', ''))).toEqual(CASES.map(([, , , name]) => name));
});
