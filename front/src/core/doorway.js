// @ts-check
// Asks the server about rooms and for a nickname: one question at a time, again whenever the line comes back, until it is answered, refused or no longer wanted.
import { askAgain } from './backoff.js';

/** @typedef {import('./frame.js').ServerFrame} ServerFrame */
/** @typedef {Extract<ServerFrame, { type: 'joined' | 'left' | 'invited' | 'removed' | 'rooms' }>} RoomAnswer */
/** @typedef {RoomAnswer | import('./frame.js').Nickname} Answer */
/** @typedef {{ frame: { action: string, room?: string, userId?: string, nickname?: string, follow?: boolean, prefix?: string, after?: string }, type: Answer['type'],
 *   tries: number, refusals: number, isWanted: () => boolean, answered: (answer: Answer) => void, refused: (error: Error) => void }} Question */

/** An answer can be lost on a line that lives; to ask twice does no more than to ask once. */
const ANSWER_MS = 10_000;
const TRIES = 3;

const ANSWERS = new Set(['joined', 'left', 'invited', 'removed', 'rooms']);
const IN_OR_OUT = new Set(['joined', 'left']);

/** @param {ServerFrame} frame @returns {frame is RoomAnswer} */
export const isAboutRooms = (frame) => ANSWERS.has(frame.type);

/** @param {string} name @param {string} message */
const named = (name, message) => Object.assign(new Error(message), { name });

/** @param {Question['frame']} frame @param {import('./frame.js').Rooms} answer */
const isAbout = ({ prefix = '', after = '' }, answer) =>
  answer.prefix === prefix && answer.after === after;

/** What is not to be followed into has its own answer; `left` of itself answers who leaves. @param {Question} first @param {Answer} answer */
const isAnswered = ({ frame, type }, answer) =>
  answer.type === 'left' && answer.follow ? frame.follow === true : type === answer.type;

/** @param {{ clock: import('./line.js').Clock, fraction: () => number, send: (frame: object) => boolean }} ports */
export function createDoorway({ clock, fraction, send }) {
  /** @type {Question[]} */
  const questions = [];
  let isUp = false;
  let isAsked = false;
  /** The first was refused for now: nothing else goes before it. */
  let isLater = false;
  let cancel = () => {};

  function next() {
    if (isAsked || isLater) return;
    cancel();
    while (questions[0]?.isWanted() === false) questions.shift();
    const [first] = questions;
    if (!isUp || !first) return;
    isAsked = send(first.frame);
    if (isAsked) cancel = clock.after(ANSWER_MS, () => unanswered(first));
  }

  /** @param {Question} first */
  function unanswered(first) {
    first.tries += 1;
    if (first.tries >= TRIES) done()?.refused(named('NoAnswer', 'The server does not answer.'));
    isAsked = false;
    next();
  }

  /** @param {number} afterMs 0 where the server did not tell */
  function later(afterMs) {
    const [first] = questions;
    if (!first) return;
    first.refusals += 1;
    isAsked = false;
    isLater = true;
    cancel();
    cancel = clock.after(afterMs || askAgain(first.refusals, fraction()), () => {
      isLater = false;
      next();
    });
  }

  function done() {
    isAsked = false;
    return questions.shift();
  }

  return {
    /**
     * @param {Question['frame']} frame @param {Answer['type']} type of the answer
     * @param {AbortSignal} [signal] takes the question back; one that is on its way holds its place, for its answer to be known by
     * @returns {Promise<Answer>} rejected with an Error named by the code of what the server refused, with its `suggestion`;
     *   `NoAnswer` after 30 s of silence on a line that lives; `AbortError` when it was taken back
     */
    ask(frame, type, signal) {
      /** @type {Promise<Answer>} */
      const answer = new Promise((answered, refused) => {
        const isWanted = () => !signal?.aborted;
        questions.push({ frame, type, tries: 0, refusals: 0, isWanted, answered, refused });
        const takeBack = () => refused(named('AbortError', 'It was taken back.'));
        if (signal?.aborted) takeBack();
        signal?.addEventListener('abort', takeBack, { once: true });
      });
      next();
      return answer;
    },
    /** Whether a join or a leave of the room is not answered yet. @param {string} room */
    isAsked: (room) =>
      questions.some(({ frame, type }) => frame.room === room && IN_OR_OUT.has(type)),
    /** @param {Answer} answer maybe to nobody's question: another device's, or told by itself @returns {boolean} whether it was one */
    heard(answer) {
      const [first] = questions;
      if (!isAsked || !first || !isAnswered(first, answer)) return false;
      if ('room' in answer && first.frame.room !== answer.room) return false;
      if ('nickname' in answer && first.frame.nickname !== answer.nickname) return false;
      // Tabs hear each other's answers.
      if (answer.type === 'rooms' && !isAbout(first.frame, answer)) return false;
      // Another device of mine joined: that is told without a head, and is no answer.
      if (answer.type === 'joined' && answer.head === null) return false;
      done()?.answered(answer);
      next();
      return true;
    },
    /** @param {import('./frame.js').ErrorFrame} error about no message: maybe about the question */
    refused({ code, retry, afterMs, message, suggestion }) {
      if (!isAsked) return;
      // Tabs hear each other's refusals.
      if (code === 'NicknameTaken' && questions[0]?.type !== 'nickname') return;
      // Of all questions only an invitation is refused so; else it is who is in a room, or what was said there, that was asked too late.
      if (code === 'NotInRoom' && questions[0]?.type !== 'invited') return;
      if (retry) return later(afterMs);
      done()?.refused(Object.assign(named(code, message), { suggestion }));
      next();
    },
    /** @param {boolean} is whether there is a line; what was asked on the old one is asked again */
    line(is) {
      isUp = is;
      isAsked = false;
      isLater = false;
      cancel();
      next();
    },
  };
}
