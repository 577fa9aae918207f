// @ts-check
// Times as people read them: short in the line, full on demand, and the name of a day.

const short = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const DAY_MS = 24 * 60 * 60_000;

/** @param {number} at milliseconds */
export const shortTime = (at) => short.format(at);

/** @param {number} at milliseconds */
export const fullTime = (at) => full.format(at);

/** @param {number} at milliseconds @param {number} [now] milliseconds */
export function dayName(at, now = Date.now()) {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return 'Today';
  if (date.toDateString() === new Date(now - DAY_MS).toDateString()) return 'Yesterday';
  const thisYear = date.getFullYear() === new Date(now).getFullYear();
  return (thisYear ? day : dayOfYear).format(at);
}
