// @ts-check
// Asks history, one question at a time, until nothing is missing: exact holes upwards, or the page below.
import { askAgain } from './backoff.js';

/** @typedef {import('./ranges.js').Range} Range */
/** @typedef {import('./frame.js').History} History */
/** @typedef {{ kind: 'page', before: number, limit: number } | { kind: 'ranges', ranges: Range[] }} Question */

const ANSWER_MS = 10_000;
/** Most of one question, as protocol.ts says. */
const MOST_RANGES = 20;
/** Posts overtake each other by so much every day: a hole just seen mostly fills by itself. */
const SETTLE_FROM_MS = 200;
const SETTLE_TO_MS = 1_000;

/** @param {Question} question @param {History} answer @returns {boolean} whether it may be the answer to it */
function answers(question, { from, to, head }) {
  if (question.kind === 'page') return to === Math.min(question.before - 1, head);
  const last = question.ranges.at(-1);
  return from >= (question.ranges[0]?.[0] ?? 0) && to <= (last?.[1] ?? 0);
}

/**
 * @param {{ clock: import('./line.js').Clock, fraction: () => number, ask: (question: Question) => boolean,
 *   holes: () => Range[], page: () => { before: number, limit: number } | null }} ports
 *   holes: what is missing now, ascending; page: the page that is wanted now. A page goes first.
 */
export function createAsker({ clock, fraction, ask, holes, page }) {
  /** @type {Question | null} */
  let asked = null;
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
    if (!ask(question)) return;
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
      const wait = Math.round(SETTLE_FROM_MS + fraction() * (SETTLE_TO_MS - SETTLE_FROM_MS));
      cancelSoon ??= clock.after(wait, next);
    },
    /** Somebody waits, or an answer was taken. */
    next,
    /** The line is new: what was asked went down with the old one. */
    lineUp() {
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
      if (!question || !answers(question, answer)) return null;
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
