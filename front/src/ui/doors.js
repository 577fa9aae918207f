// @ts-check
// The ways into rooms and out of them: find, create, invite, remove, leave, each behind its button.
import { createCreateRoom } from './create-room.js';
import { find } from './element.js';
import { createFindRoom } from './find-room.js';
import { createRoomMenu } from './room-menu.js';

/** @typedef {import('./room-menu.js').Person} Person */

/**
 * @param {{ root: ParentNode, chat: ReturnType<typeof import('../core/chat.js').connect>,
 *   room: () => { name: string, title: string, isLeavable: boolean }, known: () => Person[], open: (room: string) => void,
 *   say: (words: string) => void, words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 *   room: the one that is open; known: whom one has met, the last first
 */
export function openDoors({ root, chat, room, known, open, say, words, signal }) {
  const finding = createFindRoom({ chat, words, open, signal });
  const creating = createCreateRoom({ chat, words, open, signal });
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
  return { ask: finding.ask, closeMenu: menu.close };
}
