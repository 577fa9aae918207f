// @ts-check
// The welcome as it would be now: whoever opens a tab later is told no less than was heard since, and nothing that is over.
import { isDirect } from './room-name.js';

/** @typedef {import('./frame.js').Welcome} Welcome */
/** @typedef {import('./frame.js').ServerFrame} ServerFrame */
/** @typedef {import('./frame.js').Heads} Heads */

/** As many invitations as a welcome tells. */
const MOST_INVITATIONS = 10;

/** @template T @param {Record<string, T>} rooms @param {string} room */
function without(rooms, room) {
  const { [room]: _, ...rest } = rooms;
  return rest;
}

/** @param {Heads} heads @param {[room: string, head: number][]} news */
function raised(heads, news) {
  const all = new Map(Object.entries(heads));
  for (const [room, head] of news) all.set(room, Math.max(head, all.get(room) ?? 0));
  return Object.fromEntries(all);
}

/** What was said in a room that was left comes late, and enters none; conversations begin with what is said. @param {Heads} heads @param {[room: string, head: number][]} news */
const heard = (heads, news) =>
  raised(
    heads,
    news.filter(([room]) => isDirect(room) || Object.hasOwn(heads, room)),
  );

/** @param {Welcome} welcome @param {string} room */
const uninvited = ({ invitations = [] }, room) => invitations.filter((one) => one.room !== room);

/** @param {Welcome} welcome @param {string} room @returns {Partial<Welcome>} */
const out = ({ heads, private: roles = {} }, room) => ({
  heads: without(heads, room),
  private: without(roles, room),
});

/** @param {Welcome} welcome @param {string} room @returns {Partial<Welcome>} */
const left = (welcome, room) => ({
  ...out(welcome, room),
  invitations: uninvited(welcome, room),
});

/** @param {Welcome} welcome @param {import('./frame.js').Joined} frame @returns {Partial<Welcome>} */
function joined(welcome, { room, head, visibility, role = 'member' }) {
  const invitations = uninvited(welcome, room);
  // Another device did: whoever follows it is answered a head.
  if (head === null) return { invitations };
  const roles = visibility === 'private' ? { private: { ...welcome.private, [room]: role } } : {};
  return { invitations, heads: raised(welcome.heads, [[room, head]]), ...roles };
}

/** @param {Welcome} welcome @param {import('./frame.js').Invited} invitation @returns {Partial<Welcome>} */
function invited(welcome, { room, userId, by }) {
  if (by === '' || userId !== welcome.userId || Object.hasOwn(welcome.heads, room)) return {};
  const others = uninvited(welcome, room);
  return { invitations: [...others, { room, by }].slice(0, MOST_INVITATIONS) };
}

/** @param {Welcome} welcome @param {import('./frame.js').Nickname} frame @returns {Partial<Welcome>} */
function renamed(welcome, { userId, nickname }) {
  const here = Object.entries(welcome.here).map(([room, people]) => [
    room,
    people.map((one) => (one.userId === userId ? { ...one, nickname } : one)),
  ]);
  const me = userId === welcome.userId ? { nickname } : {};
  return { ...me, here: Object.fromEntries(here) };
}

/** What of it is other after the frame. @param {Welcome} welcome @param {ServerFrame} frame @returns {Partial<Welcome>} */
function change(welcome, frame) {
  const { heads, here, userId } = welcome;
  if (frame.type === 'pong') return { heads: heard(heads, Object.entries(frame.heads)) };
  if (frame.type === 'message') return { heads: heard(heads, [[frame.room, frame.seq]]) };
  if (frame.type === 'history') return { heads: heard(heads, [[frame.room, frame.head]]) };
  if (frame.type === 'joined') return joined(welcome, frame);
  if (frame.type === 'left' && frame.follow) return out(welcome, frame.room);
  if (frame.type === 'left') return left(welcome, frame.room);
  if (frame.type === 'removed' && frame.userId === userId) return left(welcome, frame.room);
  if (frame.type === 'invited') return invited(welcome, frame);
  // Of a room whose people are others now, they are asked for.
  if (frame.type === 'presence' || frame.type === 'members')
    return { here: without(here, frame.room) };
  return frame.type === 'nickname' ? renamed(welcome, frame) : {};
}

export function createKeptWelcome() {
  /** @type {Welcome | null} */
  let welcome = null;
  return {
    /** The line's last, with all that was heard since; null while there is no line. */
    welcome: () => welcome,
    /** @param {ServerFrame} frame */
    hear(frame) {
      if (frame.type === 'welcome') welcome = frame;
      else if (welcome) welcome = { ...welcome, ...change(welcome, frame) };
    },
    clear() {
      welcome = null;
    },
  };
}
