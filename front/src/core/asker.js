// @ts-check
// Asks history, one question at a time, until nothing is missing: exact holes upwards, or the page below.
import { ASKED_OFTEN, askAgain } from './backoff.js';

/** @typedef {import('./ranges.js').Range} Range */
/** @typedef {import('./frame.js').History} History */
/** @typedef {{ kind: 'page', before: number, limit: number } | { kind: 'ranges', ranges: Range[] }} Question */

const ANSWER_MS = 10_000;
/** Most of one question, as protocol/limits.ts says. */
const MOST_RANGES = 20;
/** Posts overtake each other by so much every day: a hole just seen mostly fills by itself. */
const SETTLE_FROM_MS = 200;
const SETTLE_TO_MS = 1_000;
/** Questions of a few more waits are asked often once something new was said: then what is missing can be told. */
const AGAIN_OFTEN = ASKED_OFTEN - 3;
/** Askers begin their count anywhere below: tabs hear each other's answers. */
const MOST_FIRST = 2 ** 40;

/**
 * @param {{ clock: import('./line.js').Clock, fraction: () => number, ask: (question: Question, n: number) => boolean,
 *   holes: () => Range[], page: () => { before: number, limit: number } | null }} ports
 *   ask: n, which the answer echoes; holes: what is missing now, ascending; page: the page that is wanted now. A page goes first.
 */
export function createAsker({ clock, fraction, ask, holes, page }) {
  /** @type {Question | null} */
  let asked = null;
  let n = Math.floor(fraction() * MOST_FIRST);
  let settleToMs = SETTLE_TO_MS;
  /** The holes up to here were asked for in this sweep; those still open are on their way. */
  let sweptTo = 0;
  let times = 0;
  let isLater = false;
  let cancelAnswer = () => {};
  let cancelLater = () => {};
  /** @type {(() => void) | null} */
  let cancelSoon = null;

  function next() {
    cancelSoon?.();
    cancelSoon = null;
    if (asked) return;
    const wanted = page();
    const open = holes();
    /** @type {Range[]} */
    const ranges = open
      .filter(([, to]) => to > sweptTo)
      .slice(0, MOST_RANGES)
      .map(([from, to]) => [Math.max(from, sweptTo + 1), to]);
    if (wanted) put({ kind: 'page', ...wanted });
    else if (ranges.length > 0) put({ kind: 'ranges', ranges });
    else if (open.length > 0) later();
    else calm();
  }

  /** @param {Question} question */
  function put(question) {
    // A line that does not take it tells when it is up again.
    n += 1;
    if (!ask(question, n)) return;
    asked = question;
    cancelAnswer = clock.after(ANSWER_MS, failed);
  }

  function failed() {
    cancelAnswer();
    asked = null;
    later();
  }

  function later() {
    if (isLater) return;
    isLater = true;
    times += 1;
    cancelLater = clock.after(askAgain(times, fraction()), () => {
      isLater = false;
      sweptTo = 0;
      next();
    });
  }

  function hurry() {
    cancelLater();
    isLater = false;
    times = AGAIN_OFTEN;
  }

  function calm() {
    cancelLater();
    isLater = false;
    times = 0;
    sweptTo = 0;
  }

  function lineDown() {
    cancelAnswer();
    cancelSoon?.();
    cancelSoon = null;
    asked = null;
    calm();
  }

  return {
    /** There may be something new to ask. */
    want() {
      if (times > ASKED_OFTEN) hurry();
      const wait = Math.round(SETTLE_FROM_MS + fraction() * (settleToMs - SETTLE_FROM_MS));
      cancelSoon ??= clock.after(wait, next);
    },
    /** Somebody waits, or an answer was taken. */
    next,
    /**
     * The line is new: what was asked went down with the old one.
     * @param {number} spreadMs a crowd that misses the same number asks over so long
     */
    lineUp(spreadMs) {
      settleToMs = Math.max(SETTLE_TO_MS, spreadMs);
      lineDown();
      next();
    },
    lineDown,
    /** The server refused something, maybe the question. */
    refused() {
      if (asked) failed();
    },
    /**
     * @param {History} answer maybe to another tab's question
     * @returns {Question | null} what it answered of ours; then call `next` once its items are taken
     */
    heard(answer) {
      const question = asked;
      if (!question || answer.n !== n) return null;
      cancelAnswer();
      asked = null;
      if (question.kind === 'ranges') {
        const last = question.ranges.at(-1)?.[1] ?? 0;
        sweptTo = answer.more ? Math.max(answer.to, sweptTo) : last;
      }
      return question;
    },
  };
}
