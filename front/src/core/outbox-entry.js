// @ts-check
// One unsent message as it is kept, and how a kept list is read back: what is in storage is not trusted.

/** @typedef {{ messageId: string, room: string, text: string, writtenAt: number,
 *   state: 'pending' | 'failed', reason: string | null }} Entry writtenAt: milliseconds of this machine's clock */

/** The server remembers a messageId for 7 days; resent later, it could appear twice. */
const OLDEST_MS = 7 * 24 * 60 * 60_000;

/** @param {unknown} value @returns {value is Entry} */
function isEntry(value) {
  if (typeof value !== 'object' || value === null) return false;
  const one = /** @type {Record<string, unknown>} */ (value);
  return (
    typeof one.messageId === 'string' &&
    typeof one.room === 'string' &&
    typeof one.text === 'string' &&
    typeof one.writtenAt === 'number' &&
    (one.state === 'pending' || one.state === 'failed') &&
    (one.reason === null || typeof one.reason === 'string')
  );
}

/**
 * @param {unknown} stored @param {number} now milliseconds
 * @returns {Map<string, Entry>} by messageId, in the order written
 */
export function readEntries(stored, now) {
  const entries = (Array.isArray(stored) ? stored : []).filter(isEntry).map((entry) => {
    if (now - entry.writtenAt <= OLDEST_MS) return entry;
    return {
      ...entry,
      state: /** @type {const} */ ('failed'),
      reason: 'It is more than a week old.',
    };
  });
  return new Map(entries.map((entry) => [entry.messageId, entry]));
}
