// @ts-check
// Sets of whole numbers as sorted, disjoint, inclusive ranges: what is known of a room, and exactly what is missing.

/** @typedef {[from: number, to: number]} Range inclusive */

/** @param {readonly Range[]} ranges @param {number} n */
export function has(ranges, n) {
  return ranges.some(([from, to]) => from <= n && n <= to);
}

/**
 * @param {readonly Range[]} ranges @param {number} from @param {number} to nothing is added when below `from`
 * @returns {Range[]} neighbours joined
 */
export function add(ranges, from, to) {
  if (to < from) return [...ranges];
  const before = ranges.filter((one) => one[1] < from - 1);
  const after = ranges.filter((one) => one[0] > to + 1);
  const touched = ranges.slice(before.length, ranges.length - after.length);
  const low = Math.min(from, ...touched.map((one) => one[0]));
  const high = Math.max(to, ...touched.map((one) => one[1]));
  return [...before, [low, high], ...after];
}

/**
 * @param {readonly Range[]} ranges @param {number} from @param {number} to
 * @returns {Range[]} what of `from`–`to` is in none of them, ascending
 */
export function missing(ranges, from, to) {
  /** @type {Range[]} */
  const holes = [];
  let next = from;
  for (const [low, high] of ranges) {
    if (low > to) break;
    if (low > next) holes.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= to) holes.push([next, to]);
  return holes;
}

/** @param {readonly Range[]} ranges @param {number} floor @returns {Range[]} without what is at or below it */
export function above(ranges, floor) {
  return ranges.filter(([, to]) => to > floor).map(([from, to]) => [Math.max(from, floor + 1), to]);
}
