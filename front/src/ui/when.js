// @ts-check
// Times as people read them: short in the line, full on demand, and the name of a day.
import { dayOf } from '../core/calendar.js';

/**
 * @param {{ locale: string, words: { today: string, yesterday: string }, now: () => number }} options
 *   locale: BCP 47; now: milliseconds, by the server's clock, as all times here are
 */
export function createWhen({ locale, words, now }) {
  const short = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' });
  const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  const dayOfYear = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });

  return {
    /** @param {number} at */
    short: (at) => short.format(at),
    /** @param {number} at */
    full: (at) => full.format(at),
    /** The date of today, as a number. Names of days that were made on another date are old. */
    today: () => dayOf(now()),
    /** @param {number} at */
    day(at) {
      const passed = dayOf(now()) - dayOf(at);
      if (passed === 0) return words.today;
      if (passed === 1) return words.yesterday;
      const thisYear = new Date(at).getFullYear() === new Date(now()).getFullYear();
      return (thisYear ? day : dayOfYear).format(at);
    },
  };
}

/** @typedef {ReturnType<typeof createWhen>} When */
