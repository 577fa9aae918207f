// @ts-check
// The outbox: what was written and not yet seen stored; each message is sent until its own frame comes back.
import { fullJitter } from './backoff.js';
import { readEntries } from './outbox-entry.js';

/** @typedef {import('./outbox-entry.js').Entry} Entry */
/** @typedef {{ retry: boolean, afterMs: number, message: string }} Refusal */
/** @typedef {{ read(): unknown, write(value: unknown): void }} Slot one durable value */
/** @typedef {{ entry: Entry, refusals: number, unanswered: number, cancel: () => void }} Flight */

const ANSWER_MS = 10_000;
const MOST_REFUSALS = 8;
/** After this many sends without an answer somebody should look at the line. */
const MOST_UNANSWERED = 3;

/**
 * @param {{ slot: Slot, clock: import('./line.js').Clock, fraction: () => number,
 *   send: (entry: Entry) => boolean, changed: (entry: Entry) => void, silent: () => void }} ports
 */
export function createOutbox({ slot, clock, fraction, send, changed, silent }) {
  const entries = readEntries(slot.read(), clock.now());
  // One in flight for each room keeps one writer's messages in the order written.
  /** @type {Map<string, Flight>} */
  const flights = new Map();

  const keep = () => slot.write([...entries.values()]);

  /** @param {Entry} entry */
  function put(entry) {
    entries.set(entry.messageId, entry);
    keep();
    changed(entry);
  }

  /** @param {string} room */
  function land(room) {
    flights.get(room)?.cancel();
    flights.delete(room);
  }

  /** @param {string} room */
  function sendNext(room) {
    if (flights.has(room)) return;
    const entry = [...entries.values()].find((one) => one.room === room && one.state === 'pending');
    if (entry) transmit({ entry, refusals: 0, unanswered: 0, cancel: () => {} });
  }

  /** @param {Flight} flight */
  function transmit(flight) {
    flight.cancel();
    flights.set(flight.entry.room, flight);
    if (!send(flight.entry)) return land(flight.entry.room);
    flight.cancel = clock.after(ANSWER_MS, () => {
      flight.unanswered += 1;
      if (flight.unanswered >= MOST_UNANSWERED) silent();
      if (flights.get(flight.entry.room) === flight) transmit(flight);
    });
  }

  /** @param {string | null} ref */
  function flightOf(ref) {
    return [...flights.values()].find((one) => ref === null || one.entry.messageId === ref);
  }

  /** @param {Entry} entry @param {string} reason */
  function fail(entry, reason) {
    if (flightOf(entry.messageId)) land(entry.room);
    put({ ...entry, state: 'failed', reason });
    sendNext(entry.room);
  }

  /** @param {string} messageId @returns {boolean} whether it was here */
  function remove(messageId) {
    const entry = entries.get(messageId);
    if (!entry) return false;
    if (flightOf(messageId)) land(entry.room);
    entries.delete(messageId);
    keep();
    sendNext(entry.room);
    return true;
  }

  return {
    entries: () => [...entries.values()],
    /** @param {Entry} entry */
    add(entry) {
      put(entry);
      sendNext(entry.room);
    },
    /** Stored by the server, or given up by the user. */
    remove,
    /** @param {string} messageId the user asks: same text, same id */
    retry(messageId) {
      const entry = entries.get(messageId);
      if (entry?.state !== 'failed') return;
      entries.delete(messageId);
      put({ ...entry, state: 'pending', reason: null, writtenAt: clock.now() });
      sendNext(entry.room);
    },
    /** @param {string | null} ref null means whatever is in flight @param {Refusal} refusal */
    refuse(ref, refusal) {
      const flight = flightOf(ref);
      if (!flight) return;
      flight.refusals += 1;
      flight.unanswered = 0;
      if (!refusal.retry || flight.refusals >= MOST_REFUSALS) {
        return fail(flight.entry, refusal.message);
      }
      flight.cancel();
      const wait = Math.max(refusal.afterMs, fullJitter(flight.refusals, fraction()));
      flight.cancel = clock.after(wait, () => transmit(flight));
    },
    /** The line is live again: whatever was unanswered goes once more. */
    lineUp() {
      for (const room of new Set([...entries.values()].map((entry) => entry.room))) {
        land(room);
        sendNext(room);
      }
    },
    lineDown() {
      for (const room of [...flights.keys()]) land(room);
    },
  };
}
