// @ts-check
// What the banner says of a line that is down: why, and what comes next.

/** @typedef {import('../core/line.js').LineStatus} LineStatus */
/** @typedef {typeof import('../words/en.js').en.line} Words */

/** @param {LineStatus} status @returns {keyof Words['states']} */
export const shownState = ({ state, online }) =>
  state === 'waiting' && !online ? 'offline' : state;

/**
 * @param {LineStatus} status
 * @param {{ now: number, says: (keyof Words['signInSays'])[], words: Words }} means now: clock milliseconds; says: what there is to say about signing in or out
 */
export function sentence(status, { now, says, words }) {
  const state = shownState(status);
  const { retryAt, reason, code = '' } = status;
  if (state === 'replaced') return words.elsewhere;
  if (state === 'signed-out') {
    if (says.length > 0) return says.map((one) => words.signInSays[one]).join(' ');
    // A reason is the server's: it does not take the token.
    return reason !== null ? words.signInSays.failed : words.signedOut;
  }
  /** @type {Record<string, string>} */
  const closed = words.closed;
  if (state === 'closed') return closed[code] ?? words.closed.other;
  const what = state === 'offline' ? words.youAreOffline : words.noConnection;
  if (retryAt === null) return `${what} ${words.trying}`;
  return `${what} ${words.nextTry(Math.max(1, Math.ceil((retryAt - now) / 1_000)))}`;
}
