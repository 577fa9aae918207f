// @ts-check
// One unsent message as it is kept, and how a kept list is read back: what is in storage is not trusted.

/** @typedef {{ messageId: string, room: string, text: string, writtenAt: number, position: number,
 *   state: 'pending' | 'failed' | 'held', reason: string | null, code?: string, fresh: boolean, once: boolean }} Entry
 *   code: of the refusal that `reason` tells in English; writtenAt: milliseconds of this machine's clock; position: grows from entry to entry, whatever the clock does;
 *   held: too old to be sent without asking; fresh: tried again it needs a new messageId; once: said for an occasion */
/** @typedef {{ load(): Promise<unknown[]>, put(entry: Entry): Promise<void>, remove(messageId: string): Promise<void> }} OutboxStore
 *   durable once the promise is kept; `load` answers what was put, in any order */

/** The server remembers a messageId for 7 days; resent later, the message could appear twice. */
const OLDEST_MS = 7 * 24 * 60 * 60_000;

/** @param {unknown} value @returns {value is Entry} */
function isEntry(value) {
  if (typeof value !== 'object' || value === null) return false;
  const one = /** @type {Record<string, unknown>} */ (value);
  return (
    [one.messageId, one.room, one.text].every((field) => typeof field === 'string') &&
    [one.writtenAt, one.position].every((field) => Number.isFinite(field)) &&
    (one.state === 'pending' || one.state === 'failed' || one.state === 'held') &&
    (one.reason === null || typeof one.reason === 'string') &&
    (one.code === undefined || typeof one.code === 'string') &&
    typeof one.fresh === 'boolean' &&
    typeof one.once === 'boolean'
  );
}

/** @param {Entry} a @param {Entry} b */
export function inOrder(a, b) {
  if (a.position !== b.position) return a.position - b.position;
  return a.messageId < b.messageId ? -1 : 1;
}

/** @param {Entry} entry @param {number} now milliseconds @returns {Entry} held if its time is over */
export function aged(entry, now) {
  if (entry.state !== 'pending' || now - entry.writtenAt <= OLDEST_MS) return entry;
  const reason = 'It was written more than a week ago. Send it again?';
  return { ...entry, state: 'held', reason, fresh: true };
}

/** @param {unknown} stored @returns {Entry[]} what is sound of it, in the order written */
export function readEntries(stored) {
  return (Array.isArray(stored) ? stored : []).filter(isEntry).sort(inOrder);
}
