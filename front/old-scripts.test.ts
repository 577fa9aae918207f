// Which scripts leave the bucket: their days count from the first deploy that did not name them.
import { expect, test } from '@jest/globals';
import { KEPT_DAYS, retire } from './old-scripts.ts';

const day = (days: number) => new Date(Date.UTC(2026, 0, 1 + days));
const LISTED = ['app-new.js', 'app-old.js', 'app-older.js', 'page-x.css', 'index.html'];

test('a script that the newest build names stays, however old it is', () => {
  const known = { 'app-new.js': day(0).toISOString() };
  expect(retire(LISTED, LISTED, known, day(400))).toEqual({ old: {}, expired: [] });
});

test('a script that the build replaced today stays for 30 days, and then goes', () => {
  const built = ['app-new.js', 'index.html'];
  const first = retire(LISTED, built, { 'app-older.js': day(-10).toISOString() }, day(0));
  expect(first).toEqual({
    old: { 'app-old.js': day(0).toISOString(), 'app-older.js': day(-10).toISOString() },
    expired: [],
  });
  const later = retire(LISTED, built, first.old, day(KEPT_DAYS - 5));
  expect(later).toEqual({ old: { 'app-old.js': day(0).toISOString() }, expired: ['app-older.js'] });
  expect(retire(LISTED, built, later.old, day(KEPT_DAYS)).expired).not.toContain('app-old.js');
  expect(retire(LISTED, built, later.old, day(KEPT_DAYS + 1)).expired).toContain('app-old.js');
});

test('a script that a later build names again counts anew', () => {
  const known = { 'app-old.js': day(0).toISOString() };
  const named = retire(LISTED, LISTED, known, day(20)).old;
  const again = retire(LISTED, ['app-new.js'], named, day(60));
  expect(again.old['app-old.js']).toBe(day(60).toISOString());
});
