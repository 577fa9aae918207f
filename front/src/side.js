// @ts-check
// The side of one server's chat: its rooms with what is unread, its direct conversations with who is there, and oneself.
import { roomEntries } from './core/room-entries.js';
import { holdsStuck } from './core/stuck.js';
import { createMe } from './ui/me.js';
import { createRooms } from './ui/rooms.js';
import { createSideCalls } from './ui/side-calls.js';

/**
 * @param {{ chat: ReturnType<typeof import('./core/chat.js').connect>, user: () => string,
 *   acquaintances: ReturnType<typeof import('./core/acquaintances.js').createAcquaintances>, current: () => string | null,
 *   isPrivate: (room: string) => boolean, unread: Parameters<typeof roomEntries>[0]['unread'], invitations: () => number, open: (room: string) => void,
 *   dialogs: import('./ui/dialog-fetcher.js').DialogFetcher, words: import('./words/words.js').Catalogue, locale: string, signal: AbortSignal }} options
 *   user: one's userId; current: the room that is open; invitations: how many wait
 */
export function createSide(options) {
  const { chat, user, acquaintances, current, isPrivate, unread, invitations, open } = options;
  const { dialogs, words, locale, signal } = options;
  const nickname = dialogs.lazily(
    ({ createNicknameDialog }, { nickname: words, rooms }) =>
      createNicknameDialog({ chat, words, waits: rooms.waits, signal }),
    signal,
  );
  const rename = () => void nickname.use(({ open }) => open());
  const me = createMe({ root: document, rename, signal });
  const list = createRooms({ root: document, words: words.shell, open, signal });
  const calls = createSideCalls({ root: document, words: words.shell, signal });
  signal.addEventListener('abort', () => list.show([]));

  return {
    /** As it all stands now. */
    show() {
      const people = chat.rooms().flatMap((room) => chat.room(room).roster());
      acquaintances.meet(people);
      const online = people.filter((person) => person.online).map(({ userId }) => userId);
      const entries = roomEntries({
        rooms: chat.rooms(),
        current: current() ?? '',
        me: user(),
        nameOf: acquaintances.nameOf,
        online: new Set(online),
        isPrivate,
        unread,
        isStuck: (room) => holdsStuck(chat.room(room).items()),
        words: words.shell,
        locale,
      });
      list.show(entries);
      calls.show(entries, invitations());
      const userId = user();
      me.show({ userId, nickname: userId === '' ? words.shell.you : chat.me().nickname });
    },
  };
}
