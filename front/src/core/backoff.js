// @ts-check
// How long to wait, as pure functions: every wait of the reconnect policy, and of questions asked again.

const BASE_MS = 2_000;
const CAP_MS = 60_000;
const ROTATE_FROM_MS = 90 * 60_000;
const ROTATE_TO_MS = 110 * 60_000;
const ASK_BASE_MS = 1_000;
const ASK_CAP_MS = 30_000;
const ASK_RARELY_MS = 10 * 60_000;
/** By then two minutes have gone by: what is still missing is not simply late. */
export const ASKED_OFTEN = 9;

/**
 * @param {number} tries failures so far, 1 for the first
 * @param {number} fraction chance, 0 ≤ fraction < 1
 * @returns {number} milliseconds, anywhere below min(60 s, 2 s × 2^(tries − 1))
 */
export function fullJitter(tries, fraction) {
  return Math.round(fraction * Math.min(CAP_MS, BASE_MS * 2 ** Math.max(0, tries - 1)));
}

/**
 * The first try after a live line fell. Full jitter alone lets 10,000 clients knock at 500 doors within two seconds, so
 * the server tells the window; a line that falls as soon as it lives gets a longer one.
 * @param {number} spreadMs as the last `welcome` told it
 * @param {number} shortLives how many lines in a row fell right after their welcome
 * @param {number} fraction chance, 0 ≤ fraction < 1
 * @returns {number} milliseconds
 */
export function firstTry(spreadMs, shortLives, fraction) {
  const longer = shortLives === 0 ? 0 : Math.min(CAP_MS, BASE_MS * 2 ** (shortLives - 1));
  return Math.round(fraction * Math.max(spreadMs, longer));
}

/**
 * API Gateway ends a connection after 2 hours; everybody leaves before, each at their own time.
 * @param {number} fraction chance, 0 ≤ fraction < 1
 * @returns {number} milliseconds, 90 to 110 minutes
 */
export function rotateAfter(fraction) {
  return Math.round(ROTATE_FROM_MS + fraction * (ROTATE_TO_MS - ROTATE_FROM_MS));
}

/**
 * A number that history does not have yet may still be on its way, for a minute or so; then it is asked for ever more
 * rarely, because a server that cannot answer is asked by everybody in the room.
 * @param {number} times how often it was asked for, 1 for the first
 * @param {number} fraction chance, 0 ≤ fraction < 1
 * @returns {number} milliseconds, between half and all of min(30 s, 1 s × 2^(times − 1)); from the tenth on that doubles up to 10 min
 */
export function askAgain(times, fraction) {
  const often = Math.min(ASK_CAP_MS, ASK_BASE_MS * 2 ** Math.max(0, times - 1));
  const most = Math.min(ASK_RARELY_MS, often * 2 ** Math.max(0, times - ASKED_OFTEN));
  return Math.round(most / 2 + (fraction * most) / 2);
}
