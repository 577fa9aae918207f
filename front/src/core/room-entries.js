// @ts-check
// What the list at the side shows: the lobby, rooms by name, then direct conversations with their people.
import { shownNickname } from './nickname.js';
import { isDirect, partnerOf } from './room-name.js';

/** @typedef {import('../ui/rooms.js').RoomEntry} RoomEntry */

export const LOBBY = 'lobby';

/**
 * How a room is called: `head` over the conversation, `to` in a sentence ("Message to …"). A private one has a lock, and no #.
 * @param {string} room @param {{ me: string, nameOf: (userId: string) => string | null, isPrivate: (room: string) => boolean,
 *   words: { lobby: string, theLobby: string, someone: string } }} how me: one's own userId
 * @returns {{ head: string, to: string, isPrivate: boolean }}
 */
export function titleOf(room, { me, nameOf, isPrivate, words }) {
  if (room === LOBBY) return { head: words.lobby, to: words.theLobby, isPrivate: false };
  if (!isDirect(room)) {
    const name = isPrivate(room) ? room : `#${room}`;
    return { head: name, to: name, isPrivate: isPrivate(room) };
  }
  const name = nameOf(partnerOf(room, me));
  const shown = name === null ? words.someone : shownNickname(name);
  return { head: shown, to: shown, isPrivate: false };
}

/**
 * @param {{ rooms: string[], current: string, me: string, nameOf: (userId: string) => string | null, online: Set<string>,
 *   isPrivate: (room: string) => boolean,
 *   unread: (room: string) => RoomEntry['unread'], isStuck: (room: string) => boolean, words: Parameters<typeof titleOf>[1]['words'], locale: string }} options
 *   isStuck: whether something of one's own there was not sent
 * @returns {RoomEntry[]} in the order to show them
 */
export function roomEntries(options) {
  const { rooms, current, me, nameOf, online, isPrivate, unread, isStuck, words, locale } = options;
  const { compare } = new Intl.Collator(locale);
  const named = rooms.filter((room) => !isDirect(room) && room !== LOBBY).sort(compare);
  const lobby = rooms.filter((room) => room === LOBBY);
  return [...lobby, ...named, ...rooms.filter(isDirect)].map((room) => {
    const userId = isDirect(room) ? partnerOf(room, me) : null;
    const title = titleOf(room, { me, nameOf, isPrivate, words }).head;
    return {
      room,
      title: userId === null && room !== LOBBY ? room : title,
      partner: userId === null ? null : { userId, nickname: title, online: online.has(userId) },
      isPrivate: isPrivate(room),
      isCurrent: room === current,
      unread: unread(room),
      isStuck: isStuck(room),
    };
  });
}
