// docs/costs.md: every figure on it is what the counters of the local runtime show today.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Price, pricesOfFrames, sumsPerHour } from '../../bench/costs.ts';
import { ROOT } from './runtime.ts';

/** The share by which a figure may differ: pings and retries fall where they fall. */
const TOLERANCE = 0.1;

const page = readFileSync(join(ROOT, 'docs/costs.md'), 'utf8');
/** First and second column of the table below a heading. */
const figuresOf = (heading: string): { [name: string]: number } => {
  const [, below = ''] = page.split(`## ${heading}\n`);
  const rows = [...(below.split('\n## ')[0] ?? '').matchAll(/^\| ([^|]+) \| ([\d.]+) \|/gm)];
  return Object.fromEntries(rows.map(([, name = '', usd]) => [name, Number(usd)]));
};
const frames = figuresOf('What one frame costs');
const hours = figuresOf('What an hour of misuse costs');

let prices: { [kind: string]: Price };
beforeAll(async () => {
  prices = await pricesOfFrames();
});

const isNear = (stated: number | undefined, measured: number) =>
  stated !== undefined && Math.abs(stated - measured) <= TOLERANCE * measured;

describe('docs/costs.md', () => {
  test('states each kind of frame, and no other', () => {
    expect(Object.keys(frames)).toEqual(Object.keys(prices));
  });

  test.each(Object.keys(frames))('%s costs what it says', (kind) => {
    const measured = prices[kind]?.perMillion ?? Number.NaN;
    expect([frames[kind], measured, isNear(frames[kind], measured)]).toEqual([
      ...[frames[kind], measured, true],
    ]);
  });

  test.each(Object.keys(hours))('an hour of misuse, by %s, costs what it says', (who) => {
    const sums = sumsPerHour(prices);
    expect(Object.keys(hours)).toEqual(Object.keys(sums));
    const measured = sums[who] ?? Number.NaN;
    expect([hours[who], measured, isNear(hours[who], measured)]).toEqual([
      ...[hours[who], measured, true],
    ]);
  });

  test.each([
    'frame that cannot be read',
    'frame too many (RateLimited)',
    'message to a room of others (NotInRoom)',
  ])('%s costs one function and one call of DynamoDB', (kind) => {
    const { invocations, readUnits, writeUnits } = prices[kind]?.usage ?? {};
    expect([invocations, readUnits, writeUnits]).toEqual([1, 0, 1]);
  });
});
