// @ts-check
// The outbox: what was written and not yet seen stored; each message is sent until its own frame comes back.
import { fullJitter } from './backoff.js';
import { aged } from './outbox-entry.js';
import { createShelf } from './shelf.js';

/** @typedef {import('./outbox-entry.js').Entry} Entry */
/** @typedef {{ retry: boolean, afterMs: number, code: string, message: string }} Refusal */
/** @typedef {{ messageId: string, refusals: number, waits: boolean, cancel: () => void }} Flight waits: refused, and not sent again yet */

const ANSWER_MS = 10_000;
const REUSED = 'MessageIdReused';

/**
 * @param {{ store: import('./outbox-entry.js').OutboxStore, clock: import('./line.js').Clock, fraction: () => number,
 *   mint: () => string, send: (entry: Entry) => boolean, changed: (entry: Entry) => void,
 *   gone: (messageId: string) => void, stored: () => void, trouble: (error: unknown) => void }} ports
 *   changed: to be shown so; gone: to be shown no more; stored: the store changed; trouble: it failed
 */
export function createOutbox({ clock, fraction, mint, send, changed, gone, ...ports }) {
  const shelf = createShelf(ports);
  // One in flight for each room keeps one writer's messages in the order written.
  /** @type {Map<string, Flight>} */
  const flights = new Map();
  let up = false;

  /** @param {Entry} entry */
  function show(entry) {
    shelf.set(entry);
    changed(entry);
  }

  /** @param {Entry} entry */
  function land({ room, messageId }) {
    const flight = flights.get(room);
    if (flight?.messageId !== messageId) return;
    flight.cancel();
    flights.delete(room);
  }

  /** @param {string} room */
  function sendNext(room) {
    if (!up || flights.has(room)) return;
    const entry = shelf.list().find((one) => one.room === room && one.state === 'pending');
    if (!entry) return;
    const flight = { messageId: entry.messageId, refusals: 0, waits: false, cancel: () => {} };
    flights.set(room, flight);
    transmit(flight);
  }

  /** @param {Flight} flight */
  function transmit(flight) {
    flight.cancel();
    flight.waits = false;
    const entry = shelf.get(flight.messageId);
    if (!entry || flights.get(entry.room) !== flight) return;
    const now = aged(entry, clock.now());
    if (now !== entry) return settle(now);
    if (!send(entry)) return land(entry);
    // An answer may have come before `send` returned.
    if (flights.get(entry.room) !== flight) return;
    flight.cancel = clock.after(ANSWER_MS, () => transmit(flight));
  }

  /** It is not sent by itself any more. @param {Entry} entry */
  function settle(entry) {
    land(entry);
    show(entry);
    void shelf.keep(entry);
    sendNext(entry.room);
  }

  /** @param {string} messageId @returns {boolean} whether it was here */
  function remove(messageId) {
    const entry = shelf.get(messageId);
    if (!entry) return false;
    shelf.drop(messageId);
    land(entry);
    sendNext(entry.room);
    return true;
  }

  /** @param {Flight} flight @param {Entry} entry @param {Refusal} refusal */
  function refused(flight, entry, { retry, afterMs, code, message }) {
    if (retry) {
      flight.refusals += 1;
      flight.waits = true;
      flight.cancel();
      // Its writer is told why it waits, in each of their tabs.
      if (entry.code !== code) {
        const told = { ...entry, code };
        show(told);
        void shelf.keep(told);
      }
      const wait = Math.max(afterMs, fullJitter(flight.refusals, fraction()));
      flight.cancel = clock.after(wait, () => transmit(flight));
    } else if (entry.once && code === REUSED) {
      // Another life of this client has said it already, in other words.
      remove(entry.messageId);
      gone(entry.messageId);
    } else {
      settle({ ...entry, state: 'failed', reason: message, code, fresh: code === REUSED });
    }
  }

  function sendAll() {
    for (const room of new Set(shelf.list().map((entry) => entry.room))) sendNext(room);
  }

  return {
    entries: shelf.list,
    /** @param {string} messageId */
    has: (messageId) => shelf.get(messageId) !== undefined,
    /**
     * Keeps it, shows it, sends it, in this order. The promise is kept once it is durable, or the store has failed.
     * @param {{ messageId: string, room: string, text: string, once: boolean }} message
     */
    async add(message) {
      const writtenAt = clock.now();
      const position = shelf.nextPosition(writtenAt);
      /** @type {Entry} */
      const entry = {
        ...message,
        writtenAt,
        position,
        state: 'pending',
        reason: null,
        fresh: false,
      };
      await shelf.keep(entry);
      show(entry);
      sendNext(entry.room);
    },
    /** Reads what the store holds: at the start, on becoming leader, and when another tab has written. */
    async refresh() {
      const { changed: found, lost } = await shelf.read();
      for (const entry of found) {
        changed(entry);
        if (entry.state !== 'pending') land(entry);
      }
      for (const entry of lost) {
        land(entry);
        gone(entry.messageId);
      }
      if (up) sendAll();
    },
    /** Stored by the server, or given up by the user. */
    remove,
    /**
     * The user asks: the same text again, behind what was written since. The same id too, unless the server may have
     * forgotten it or knows it for other words.
     * @param {string} messageId
     */
    retry(messageId) {
      const entry = shelf.get(messageId);
      if (!entry || entry.state === 'pending') return;
      const position = shelf.nextPosition(clock.now());
      /** @type {Entry} */
      const again = { ...entry, state: 'pending', reason: null, position };
      if (entry.fresh) {
        Object.assign(again, { messageId: mint(), writtenAt: clock.now(), fresh: false });
      }
      show(again);
      void shelf.keep(again).then(() => sendNext(again.room));
      if (!entry.fresh) return;
      remove(messageId);
      gone(messageId);
    },
    /** @param {string | null} ref null: nobody knows what about @param {Refusal} refusal */
    refuse(ref, refusal) {
      for (const flight of [...flights.values()]) {
        const entry = shelf.get(flight.messageId);
        // While it waits, it is not what was refused: a `typing` is, or a ping. To count those would make it wait ever longer.
        const meant = ref === null ? refusal.retry && !flight.waits : flight.messageId === ref;
        if (entry && meant) refused(flight, entry, refusal);
      }
    },
    /** Whether this tab may send; what is unanswered then goes once more. @param {boolean} is */
    line(is) {
      up = is;
      for (const flight of flights.values()) flight.cancel();
      flights.clear();
      if (up) sendAll();
    },
    settled: shelf.settled,
  };
}
