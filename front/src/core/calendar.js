// @ts-check
// Calendar days in the reader's time zone. A day there may last 23, 24 or 25 hours.

const DAY_MS = 24 * 60 * 60_000;

/**
 * The difference of two is 0 on one date, and 1 from a date to the next. A date that the zone skipped counts as well.
 * @param {number} at milliseconds
 * @returns {number} whole days from 1 January 1970 to the date that it was then in the reader's zone
 */
export function dayOf(at) {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS;
}
