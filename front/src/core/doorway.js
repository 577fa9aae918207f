// @ts-check
// Asks the server about rooms and for a nickname: one question at a time, again whenever the line comes back, until it is answered or refused.

/** @typedef {import('./frame.js').ServerFrame} ServerFrame */
/** @typedef {Extract<ServerFrame, { type: 'joined' | 'left' | 'invited' | 'removed' | 'rooms' }>} RoomAnswer */
/** @typedef {RoomAnswer | import('./frame.js').Nickname} Answer */
/** @typedef {{ frame: { action: string, room?: string, userId?: string, nickname?: string, prefix?: string, after?: string }, type: Answer['type'],
 *   answered: (answer: Answer) => void, refused: (error: Error) => void }} Question */

const ANSWERS = new Set(['joined', 'left', 'invited', 'removed', 'rooms']);

/** @param {ServerFrame} frame @returns {frame is RoomAnswer} */
export const isAboutRooms = (frame) => ANSWERS.has(frame.type);

/** @param {Question['frame']} frame @param {import('./frame.js').Rooms} answer */
const isAbout = ({ prefix = '', after = '' }, answer) =>
  answer.prefix === prefix && answer.after === after;

/** @param {{ clock: import('./line.js').Clock, send: (frame: object) => boolean }} ports */
export function createDoorway({ clock, send }) {
  /** @type {Question[]} */
  const questions = [];
  let isUp = false;
  let isAsked = false;
  let cancel = () => {};

  function next() {
    cancel();
    const [first] = questions;
    if (isUp && !isAsked && first) isAsked = send(first.frame);
  }

  function done() {
    isAsked = false;
    return questions.shift();
  }

  return {
    /**
     * @param {Question['frame']} frame @param {Answer['type']} type of the answer
     * @returns {Promise<Answer>} rejected with an Error named by the code of what the server refused, with its `suggestion`
     */
    ask(frame, type) {
      /** @type {Promise<Answer>} */
      const answer = new Promise((answered, refused) => {
        questions.push({ frame, type, answered, refused });
      });
      next();
      return answer;
    },
    /** @param {Answer} answer maybe to nobody's question: another device's, or told by itself */
    heard(answer) {
      const [first] = questions;
      if (!isAsked || !first || first.type !== answer.type) return;
      if ('room' in answer && first.frame.room !== answer.room) return;
      if ('nickname' in answer && first.frame.nickname !== answer.nickname) return;
      // Tabs hear each other's answers.
      if (answer.type === 'rooms' && !isAbout(first.frame, answer)) return;
      // Another device of mine joined: that is told without a head, and is no answer.
      if (answer.type === 'joined' && answer.head === null) return;
      done()?.answered(answer);
      next();
    },
    /** @param {import('./frame.js').ErrorFrame} error about no message: maybe about the question */
    refused({ code, retry, afterMs, message, suggestion }) {
      if (!isAsked) return;
      // Tabs hear each other's refusals.
      if (code === 'NicknameTaken' && questions[0]?.type !== 'nickname') return;
      // Of all questions only an invitation is refused so; else it is who is in a room, or what was said there, that was asked too late.
      if (code === 'NotInRoom' && questions[0]?.type !== 'invited') return;
      if (retry) {
        isAsked = false;
        cancel = clock.after(afterMs, next);
        return;
      }
      done()?.refused(Object.assign(new Error(message), { name: code, suggestion }));
      next();
    },
    /** @param {boolean} is whether there is a line; what was asked on the old one is asked again */
    line(is) {
      isUp = is;
      isAsked = false;
      next();
    },
  };
}
