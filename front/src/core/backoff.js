// @ts-check
// How long to wait before the next try: full jitter, so that a crowd that fell together does not return together.

const BASE_MS = 2_000;
const CAP_MS = 60_000;

/**
 * @param {number} tries failures so far, 1 for the first
 * @param {number} fraction chance, 0 ≤ fraction < 1
 * @returns {number} milliseconds, anywhere below min(60 s, 2 s × 2^(tries − 1))
 */
export function fullJitter(tries, fraction) {
  return Math.round(fraction * Math.min(CAP_MS, BASE_MS * 2 ** Math.max(0, tries - 1)));
}
