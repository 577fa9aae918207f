// @ts-check
// Which of the known messages have a row on the page: never more than so many, around the place where one reads.

/** As many rows as a page scrolls through at 60 frames a second. */
export const MOST_ROWS = 400;
const STEP = 100;

/** @param {number} [most] rows */
export function createRowWindow(most = MOST_ROWS) {
  /** What has rows now, top to bottom. @type {readonly string[]} */
  let shown = [];
  let from = 0;
  let to = 0;
  let length = 0;

  /** @param {readonly string[]} keys @returns {{ top: number, bottom: number } | null} where what is shown stands in them */
  function find(keys) {
    const at = new Map(keys.map((key, n) => [key, n]));
    const here = shown.flatMap((key) => at.get(key) ?? []);
    const [top] = here;
    return top === undefined ? null : { top, bottom: here.reduce((a, b) => Math.max(a, b)) };
  }

  /** @param {readonly string[]} keys */
  function adopt(keys) {
    length = keys.length;
    shown = keys.slice(from, to);
    return { from, to };
  }

  return {
    /**
     * @param {readonly string[]} keys of all that is known, top to bottom
     * @param {boolean} follows whether the newest is in view, and has to stay
     * @returns {{ from: number, to: number }} the slice that has rows
     */
    place(keys, follows) {
      const here = follows ? null : find(keys);
      const [wasTop, wasBottom] = [from === 0, to === length];
      from = here && !wasTop ? here.top : 0;
      to = here && !wasBottom ? here.bottom + 1 : keys.length;
      // Further up, what is below goes first: the reader is not there.
      if (here) to = Math.min(to, from + most);
      else from = Math.max(0, to - most);
      return adopt(keys);
    },
    /** Rows for some more of what is known above. @param {readonly string[]} keys */
    up(keys) {
      from = Math.max(0, from - STEP);
      to = Math.min(to, from + most);
      return adopt(keys);
    },
    /** @param {readonly string[]} keys */
    down(keys) {
      to = Math.min(keys.length, to + STEP);
      from = Math.max(from, to - most);
      return adopt(keys);
    },
    hasAbove: () => from > 0,
    hasBelow: () => to < length,
  };
}
