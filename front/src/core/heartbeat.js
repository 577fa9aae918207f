// @ts-check
// Whether the line still lives: only frames from the server prove it; after silence it is asked, and then given up.

import { askAgain } from './backoff.js';

/** @typedef {import('./line.js').Clock} Clock */

const HIDDEN_MS = 4 * 60_000;
const ANSWER_MS = 10_000;
/** However lively the line: after so many intervals the heads are asked for, since a quiet room's loss shows nowhere else. */
const HEADS_EVERY = 4;
/** A ping that is refused is put off by 16 s at most, within which the lease still lasts. */
const MOST_REFUSALS = 5;

/**
 * Times are compared by the wall clock, because timers of a hidden page or a sleeping machine come late.
 * @param {{ clock: Clock, fraction: () => number, ping: (n: number) => void, dead: () => void }} ports
 */
export function createHeartbeat({ clock, fraction, ping, dead }) {
  let everyMs = 30_000;
  /** Who is silent for so long is shown as away, however much they hear. */
  let leaseMs = Number.POSITIVE_INFINITY;
  let pingedAt = 0;
  let visible = true;
  let heardAt = 0;
  let headsAt = 0;
  /** @type {number | null} */
  let askedAt = null;
  let asked = 0;
  /** Whether the last ping waits for its pong: other frames prove the line, and not that the ping arrived. */
  let isPingOut = false;
  let refusals = 0;
  /** When a ping that was refused is due again. @type {number | null} */
  let laterAt = null;
  // The first wait is shortened by chance, so that a crowd that came together does not ping together.
  let share = 1;
  let running = false;
  let cancel = () => {};

  const patience = () => Math.round((visible ? everyMs : Math.max(everyMs, HIDDEN_MS)) * share);
  const dueAt = () =>
    Math.min(heardAt + patience(), headsAt + HEADS_EVERY * patience(), pingedAt + leaseMs / 2);
  const askAt = () => laterAt ?? dueAt();

  function plan() {
    cancel();
    if (!running) return;
    const due = askedAt === null ? askAt() : askedAt + ANSWER_MS;
    cancel = clock.after(Math.max(0, due - clock.now()), look);
  }

  function look() {
    const now = clock.now();
    // A clock set back would postpone everything.
    heardAt = Math.min(heardAt, now);
    headsAt = Math.min(headsAt, now);
    pingedAt = Math.min(pingedAt, now);
    if (laterAt !== null) laterAt = Math.min(laterAt, now + askAgain(MOST_REFUSALS, 1));
    if (askedAt !== null && (now - askedAt >= ANSWER_MS || askedAt > now)) return dead();
    if (askedAt === null && now >= askAt()) ask();
    plan();
  }

  function ask() {
    askedAt = clock.now();
    pingedAt = askedAt;
    laterAt = null;
    isPingOut = true;
    asked += 1;
    share = 1;
    ping(asked);
  }

  function putOff() {
    refusals = Math.min(refusals + 1, MOST_REFUSALS);
    laterAt = clock.now() + askAgain(refusals, fraction());
  }

  function allow() {
    isPingOut = false;
    refusals = 0;
    laterAt = null;
  }

  return {
    /** @param {number} pingAfterMs silence to bear, as `welcome` tells it @param {number} [lease] to be renewed, as well */
    start(pingAfterMs, lease = 0) {
      leaseMs = lease > 0 ? lease : Number.POSITIVE_INFINITY;
      pingedAt = clock.now();
      everyMs = pingAfterMs;
      share = fraction();
      running = true;
      askedAt = null;
      allow();
      heardAt = clock.now();
      headsAt = heardAt;
      plan();
    },
    stop() {
      running = false;
      cancel();
    },
    /**
     * A frame came from the server: the line lives. `accepted` and `error`, which every resend brings, say nothing of what
     * others see, and so do not put off the ping that brings the heads. Of an error nobody knows whether it refuses the ping.
     * @param {string} type
     */
    heard(type) {
      if (type !== 'accepted' && type !== 'error') heardAt = clock.now();
      // Once for each ping: errors of other frames, one after the other, must not put it off for good.
      if (type === 'error' && isPingOut && laterAt === null) putOff();
      if (type === 'pong') {
        headsAt = clock.now();
        allow();
      }
      askedAt = null;
      if (running) plan();
    },
    /** @param {boolean} is whether somebody looks */
    visible(is) {
      visible = is;
      plan();
    },
    /** Somebody looks again, or the network is back: ask at once, or notice that the answer is overdue. */
    wake() {
      if (!running) return;
      if (askedAt === null) ask();
      look();
    },
  };
}
