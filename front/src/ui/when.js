// @ts-check
// Times as people read them: short in the line, full on demand, and the name of a day.

const DAY_MS = 24 * 60 * 60_000;

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
    /** Changes at midnight: by it one knows when the days' names are old. */
    today: () => new Date(now()).toDateString(),
    /** @param {number} at */
    day(at) {
      const date = new Date(at);
      if (date.toDateString() === new Date(now()).toDateString()) return words.today;
      if (date.toDateString() === new Date(now() - DAY_MS).toDateString()) return words.yesterday;
      const thisYear = date.getFullYear() === new Date(now()).getFullYear();
      return (thisYear ? day : dayOfYear).format(at);
    },
  };
}

/** @typedef {ReturnType<typeof createWhen>} When */
