// Names days in time zones, and prints the names. Only the environment of a process sets its zone, and jest copies that.
// With cases, `[zone, now, said]`, it prints the name of each; without, what is wrong in any zone that Intl knows.
import fc from 'fast-check';
import { createWhen } from '../../front/src/ui/when.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FROM = Date.UTC(1900, 0, 1);
const TO = Date.UTC(2100, 0, 1);
/** Shorter than the time between a clock change and the next that takes it back. */
const STEP_MS = 7 * DAY_MS;

interface Judge {
  zone: string;
  /** Days from 1970 to the date that Intl shows. The page asks Date instead. */
  date(at: number): number;
}

function judgeOf(zone: string): Judge {
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...parts });
  const date = (at: number) => {
    const [month = 0, day = 0, year = 0] = format.format(at).split('/').map(Number);
    return Date.UTC(year, month - 1, day) / DAY_MS;
  };
  return { zone, date };
}

const offset = (at: number) => new Date(at).getTimezoneOffset();

/** The first moment after each clock change of the process's zone, from 1970 to 2040: later years have the same rules. */
function changes(): number[] {
  const found: number[] = [];
  for (let at = 0; at < Date.UTC(2040, 0, 1); at += STEP_MS) {
    let [low, high] = [at, at + STEP_MS];
    if (offset(low) === offset(high)) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  return found;
}

const faults: string[] = [];
let asked = 0;
let now = 0;
const words = { today: 'Today', yesterday: 'Yesterday' };

function check(judge: Judge, when: ReturnType<typeof createWhen>, at: number): void {
  asked += 1;
  const passed = judge.date(now) - judge.date(at);
  const expected = passed === 0 ? words.today : passed === 1 ? words.yesterday : 'another';
  const named = when.day(at);
  const seen = named === words.today || named === words.yesterday ? named : 'another';
  if (seen === expected) return;
  const [then, here] = [at, now].map((one) => new Date(one).toISOString());
  faults.push(`${judge.zone}: at ${here}, ${then} is called "${named}", not "${expected}"`);
}

/** When it is read: from a day before a clock change to a day after it. */
const READ_MS = [-25 * HOUR_MS, -1, 0, 23 * HOUR_MS, 25 * HOUR_MS];
/** How long before that it was said. */
const SAID_MS = [0, HOUR_MS, 23 * HOUR_MS, 24.5 * HOUR_MS, 47 * HOUR_MS, 49 * HOUR_MS];

/** In every zone: both sides of each clock change, and moments of two centuries. */
function checkAll() {
  const zones = Intl.supportedValuesOf('timeZone');
  for (const zone of zones) {
    process.env.TZ = zone;
    const judge = judgeOf(zone);
    const when = createWhen({ locale: 'en', words, now: () => now });
    for (const change of changes()) {
      // A midnight beside the change matters as much as the change.
      const midnight = new Date(change).setHours(24, 0, 0, 0);
      const around = [midnight - 30 * MINUTE_MS, midnight + 30 * MINUTE_MS];
      for (now of [...READ_MS.map((ms) => change + ms), ...around])
        for (const ms of SAID_MS) check(judge, when, now - ms);
    }
    const moment = fc.integer({ min: FROM, max: TO });
    const before = fc.integer({ min: 0, max: 3 * DAY_MS });
    for (const [read, ms] of fc.sample(fc.tuple(moment, before), { numRuns: 50, seed: 6 })) {
      now = read;
      check(judge, when, now - ms);
    }
  }
  return { zones: zones.length, asked, faults: faults.slice(0, 20) };
}

/** Times as the zone's own clocks show them, without offset. */
function name([zone, read, said]: [string, string, string]): string {
  process.env.TZ = zone;
  const when = createWhen({ locale: 'en-GB', words, now: () => Date.parse(read) });
  return when.day(Date.parse(said));
}

const [, , cases] = process.argv;
const named = cases ? (JSON.parse(cases) as [string, string, string][]).map(name) : checkAll();
process.stdout.write(JSON.stringify(named));
