// @ts-check
// One room as its user sees it: say, hear, page back, retry, discard.
import { compose } from './composition.js';

/** @typedef {import('./timeline.js').Change} Change */
/** @typedef {import('./timeline.js').Item} Item */
/** @typedef {import('./timeline.js').Stored} Stored */
/** @typedef {import('./roster.js').Member} Member */
/** @typedef {import('./typists.js').Typist} Typist */
/** @typedef {{ changes: Change[], arrived: Stored, presence: Member[], came: Member, went: Member, typing: Typist[] }} RoomNews */
/** @typedef {ReturnType<typeof import('./listeners.js').createListeners<RoomNews>>} RoomListeners */
/** @typedef {ReturnType<typeof import('./room.js').createRoom>} Room */
/** @typedef {ReturnType<typeof createRoomFace>['face']} RoomFace */

/**
 * @param {{ name: string, room: Room, news: RoomListeners, outbox: ReturnType<typeof import('./outbox.js').createOutbox>,
 *   loaded: Promise<void>, mint: () => string, idFor: (occasion: string) => Promise<string>, me: () => { userId: string, nickname: string },
 *   roster: ReturnType<typeof import('./roster.js').createRoster>, typists: ReturnType<typeof import('./typists.js').createTypists> }} ports
 */
export function createRoomFace({
  roster,
  typists,
  name,
  room,
  news,
  outbox,
  loaded,
  mint,
  idFor,
  me,
}) {
  /** One after the other, so that what is said keeps its order. @type {Promise<unknown>} */
  let saying = loaded;

  /** @param {Change[]} changes */
  const show = (changes) => changes.length > 0 && news.tell('changes', changes);

  /** @param {string} text @param {string | undefined} occasion */
  async function write(text, occasion) {
    const messageId = occasion === undefined ? mint() : await idFor(occasion);
    const known = outbox.has(messageId) || room.timeline.find(messageId);
    if (!known) await outbox.add({ messageId, room: name, text, once: occasion !== undefined });
    return messageId;
  }

  const face = {
    name,
    /**
     * Says it: kept, shown as pending, and sent until it is stored, now or after a restart.
     * `once`: the occasion, for example the messageId that is answered. Said twice for it, even by another life of this
     * identity, only the first is stored (for 7 days, as the server remembers ids).
     * Rejects with a RangeError (`empty`, `tooLong`, `tooHeavy`) what breaks a limit.
     * @param {string} draft @param {{ once?: string }} [options]
     * @returns {Promise<string>} the messageId, when it is kept
     */
    say(draft, { once } = {}) {
      const { text, problem } = compose(draft, name);
      if (problem) return Promise.reject(new RangeError(problem));
      typists.sent();
      const said = saying.then(() => write(text, once));
      // Who said it hears of its failure; what is said next is another matter.
      saying = said.catch(() => {});
      return said;
    },
    /**
     * `changes`: what to do to a list, in order; `arrived`: somebody else's new message, once; `presence`: the roster,
     * whenever it changed; `came`, `went`: another person, for a line such as "ada joined"; `typing`: all others who
     * write now. Answers what stops it.
     */
    on: news.on,
    /**
     * Every message from where this client began, in order, once each; being asked for the next, this one is done, and
     * with `from: 'cursor'` does not come again after a restart. A loop that is left in the middle of a message, by
     * `break` or by an error, leaves it and all later ones to the next loop; if another loop still reads, to that one.
     */
    [Symbol.asyncIterator]: room.read,
    /** What is shown: stored messages by seq, then what is unsent. */
    items: () => room.timeline.items(),
    /** Who is here, oneself among them, then who was seen last: nobody where more than 100 are here. */
    roster: roster.members,
    /** How many are here, in a crowd as well. */
    count: roster.count,
    /** Who else is writing now. */
    typists: typists.list,
    /** The draft grows (`true`), or is emptied; sending ends it by itself. As often as one likes. */
    typing: typists.say,
    older: room.older,
    newest: room.newest,
    /** Sends a failed or held message again. @param {string} messageId */
    retry: (messageId) => outbox.retry(messageId),
    /** Gives up an unsent message; if it was on its way, it may still appear. @param {string} messageId */
    discard(messageId) {
      if (outbox.remove(messageId)) show(room.timeline.remove(messageId));
    },
  };

  return {
    face,
    /** @param {import('./outbox-entry.js').Entry} entry to be shown so */
    unsent({ messageId, state, text, writtenAt, position, reason, code }) {
      const times = { at: writtenAt, localAt: writtenAt, position };
      const why = { reason, ...(code === undefined ? {} : { code }) };
      const item = { messageId, room: name, text, state, ...why, own: true, seq: null };
      show(room.timeline.write({ ...item, ...me(), ...times }));
    },
    /** @param {string} messageId to be shown no more, unless it is stored */
    gone(messageId) {
      if (room.timeline.find(messageId)?.seq === null) show(room.timeline.remove(messageId));
    },
  };
}
