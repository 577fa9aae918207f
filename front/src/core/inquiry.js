// @ts-check
// Asks who is in rooms, one room after the other: somebody in fifty rooms must not spend on it what their messages need.
import { askAgain } from './backoff.js';

const ANSWER_MS = 5_000;
/** Half of what the server allows in the long run (`MessagesPerSecond`, 2 by default). */
const PACE_MS = 1_000;

/** @param {{ clock: import('./line.js').Clock, fraction: () => number, ask: (room: string) => boolean }} ports */
export function createInquiry({ clock, fraction, ask }) {
  /** @type {Set<string>} */
  const wanted = new Set();
  /** @type {string | null} */
  let asked = null;
  let isResting = false;
  let refusals = 0;
  let cancel = () => {};

  function next() {
    const [room] = wanted;
    if (asked !== null || isResting || room === undefined) return;
    wanted.delete(room);
    if (!ask(room)) return;
    asked = room;
    cancel = clock.after(ANSWER_MS, () => rest(PACE_MS));
  }

  /** @param {number} ms */
  function rest(ms) {
    cancel();
    asked = null;
    isResting = true;
    cancel = clock.after(ms, () => {
      isResting = false;
      next();
    });
  }

  return {
    /** @param {string} room whose people are not known, or not any more */
    want(room) {
      if (room === asked) return;
      wanted.add(room);
      next();
    },
    /** @param {string} room of an answer, maybe to another tab's question */
    heard(room) {
      wanted.delete(room);
      if (room !== asked) return;
      refusals = 0;
      rest(PACE_MS);
    },
    /** The server refused something for now, maybe the question. */
    refused() {
      if (asked === null) return;
      wanted.add(asked);
      refusals += 1;
      rest(PACE_MS + askAgain(refusals, fraction()));
    },
    /** The line is new, or gone: its welcome tells what is to be asked. */
    clear() {
      cancel();
      wanted.clear();
      refusals = 0;
      asked = null;
      isResting = false;
    },
  };
}
