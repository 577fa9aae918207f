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
 *   room: () => { name: string, title: string, isLeavable: boolean }, known: () => Person[], open: (room: string) => void,
 *   say: (words: string) => void, words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 *   room: the one that is open; known: whom one has met, the last first
 */
export function openDoors({ root, chat, room, known, open, say, words, signal }) {
  /** @param {string} userId */
  const nameOf = (userId) =>
    known().find((one) => one.userId === userId)?.nickname ?? words.someone;
  const finding = createFindRoom({ chat, words, open, signal });
  const creating = createCreateRoom({ chat, words, open, signal });
  const invitations = createInvitations({
    ...{ root, rooms: chat.rooms, nameOf, words, signal },
    ask: ({ room, by }) => asking.invited(room, nameOf(by)),
  });
  const asking = createAskRoom({ chat, open, declined: invitations.drop, words, signal });
  const menu = createRoomMenu({ root, chat, room, guests, removable, say, words, signal });

  function guests() {
    const inside = new Set(
      chat
        .room(room().name)
        .roster()
        .map(({ userId }) => userId),
    );
    inside.add(chat.me().userId);
    return known().filter(({ userId }) => !inside.has(userId));
  }

  /** Nobody is taken out of a room that everybody may join. */
  function removable() {
    const { name, isLeavable } = room();
    if (!isLeavable || chat.visibility(name) === 'public') return [];
    return chat
      .room(name)
      .roster()
      .filter(({ userId }) => userId !== chat.me().userId);
  }

  find(root, '.join-room', HTMLButtonElement).addEventListener('click', finding.open, { signal });
  find(root, '.create-room', HTMLButtonElement).addEventListener('click', creating.open, {
    signal,
  });
  chat.on('invited', (invitation) => {
    if (invitations.add(invitation))
      say(words.invitedTo(nameOf(invitation.by), `#${invitation.room}`));
  });
  chat.on('uninvited', invitations.drop);
  chat.on('rooms', invitations.review);
  return { ask: asking.linked, closeMenu: menu.close };
}
