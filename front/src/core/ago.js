// @ts-check
// How long ago something was, as a person would say it: the largest unit of which at least one has passed.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['year', 365 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
];

/**
 * @param {number} passedMs negative where this clock is behind the server's: that counts as now
 * @param {string} locale BCP 47
 * @returns {string | null} "5 minutes ago"; null for less than a minute
 */
export function ago(passedMs, locale) {
  const found = UNITS.find(([, lengthMs]) => passedMs >= lengthMs);
  if (!found) return null;
  const [unit, lengthMs] = found;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return format.format(-Math.floor(passedMs / lengthMs), unit);
}
