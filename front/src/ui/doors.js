// @ts-check
// The ways into rooms and out of them: find, create, invite, be invited, remove, leave, each behind its button.
import { createAskRoom } from './ask-room.js';
import { createCreateRoom } from './create-room.js';
import { find } from './element.js';
import { createFindRoom } from './find-room.js';
import { createInvitations } from './invitations.js';
import { createRoomMenu } from './room-menu.js';

/** @typedef {import('./room-menu.js').Person} Person */

/**
 * @param {{ root: ParentNode, chat: ReturnType<typeof import('../core/chat.js').connect>,
 *   room: () => { name: string, title: string, isLeavable: boolean }, known: () => Person[], changed: () => void, open: (room: string) => void,
 *   say: import('./notice.js').Say, words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 *   room: the one that is open; known: whom one has met, the last first; changed: invitations came or went
 */
export function openDoors({ root, chat, room, known, changed, open, say, words, signal }) {
  /** @param {string} userId */
  const nameOf = (userId) =>
    known().find((one) => one.userId === userId)?.nickname ?? words.someone;
  const finding = createFindRoom({ chat, words, open, signal });
  const creating = createCreateRoom({ chat, words, open, signal });
  const invitations = createInvitations({
    ...{ root, rooms: () => chat.rooms().filter(chat.isIn), nameOf, changed, say, words, signal },
    ask: ({ room, by }) => asking.invited(room, nameOf(by)),
  });
  const asking = createAskRoom({ chat, open, done: invitations.drop, words, signal });
  const menu = createRoomMenu({
    ...{ root, chat, room, unsent, mayInvite, guests, removable, say, words, signal },
  });

  /** Whoever is not here may have left: only the server knows who is still a member, and asks a member nothing new. */
  function guests() {
    const here = chat
      .room(room().name)
      .roster()
      .filter(({ online }) => online);
    const inside = new Set(here.map(({ userId }) => userId));
    inside.add(chat.me().userId);
    return known().filter(({ userId }) => !inside.has(userId));
  }

  /** Into a public room anybody may ask anybody; into a private one its owner. */
  function mayInvite() {
    const { name } = room();
    return chat.visibility(name) !== 'private' || chat.role(name) === 'owner';
  }

  /** A private room's owner takes people out of it. */
  function removable() {
    const { name } = room();
    if (chat.role(name) !== 'owner') return [];
    return chat
      .room(name)
      .roster()
      .filter(({ userId }) => userId !== chat.me().userId);
  }

  /** @param {string} name @returns {number} */
  function unsent(name) {
    const items = chat.room(name).items();
    return items.filter(({ seq }) => seq === null).length;
  }

  find(root, '.join-room', HTMLButtonElement).addEventListener('click', finding.open, { signal });
  find(root, '.create-room', HTMLButtonElement).addEventListener('click', creating.open, {
    signal,
  });
  chat.on('invited', invitations.add);
  chat.on('uninvited', invitations.drop);
  chat.on('rooms', invitations.review);
  return { ask: asking.linked, closeMenu: menu.close, invitations: invitations.count };
}
