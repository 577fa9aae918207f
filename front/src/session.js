// @ts-check
// One server's chat on the screen: its rooms at the side, the conversation that is open, and the way between them.
import { openConversation } from './conversation.js';
import { createAcquaintances } from './core/acquaintances.js';
import { connect } from './core/chat.js';
import { LOBBY, roomEntries, titleOf } from './core/room-entries.js';
import { hashOfRoom, roomOfHash } from './core/room-hash.js';
import { isDirect, partnerOf } from './core/room-name.js';
import { createDrafts } from './ports/drafts.js';
import { serverName } from './ports/server-name.js';
import { tabPorts } from './ports/tabs.js';
import { find } from './ui/element.js';
import { createMe } from './ui/me.js';
import { createNicknameDialog } from './ui/nickname-dialog.js';
import { createRooms } from './ui/rooms.js';

/** @typedef {{ read(): unknown, write(value: unknown): void }} Slot */

const NONE = { count: 0, mentions: 0 };

/**
 * @param {{ url: string, words: import('./words/words.js').Catalogue, locale: string, trouble: (error: unknown) => void,
 *   ofBrowser: (key: string) => Slot, say: (words: string) => void,
 *   status: (status: import('./core/line.js').LineStatus) => void, switched: () => void }} options switched: another conversation is open
 */
export function startSession(options) {
  const { url, words, locale, trouble, ofBrowser, say, status, switched } = options;
  const life = new AbortController();
  const { signal } = life;
  const server = serverName(url);
  const chat = connect({ url, ports: tabPorts({ url, trouble }) });
  const acquaintances = createAcquaintances(ofBrowser(`hubbub.people.${server}`));
  const lastUser = ofBrowser(`hubbub.user.${server}`);
  const user = () => chat.me().userId || String(lastUser.read() ?? '');
  const drafts = createDrafts({ server, user, trouble });
  const lastRoom = ofBrowser(`hubbub.room.${server}`);
  const nickname = createNicknameDialog({ chat, words: words.people, signal });
  const me = createMe({ root: document, rename: nickname.open, signal });
  const list = createRooms({ root: document, words: words.shell, open: go, signal });
  /** @type {Map<string, (() => void)[]>} */
  const watched = new Map();
  /** @type {ReturnType<typeof openConversation> | null} */
  let conversation = null;
  /** @type {string | null} what the link or the last visit asks for, until it is there */
  let wanted = roomOfHash(location.hash) ?? String(lastRoom.read() ?? LOBBY);

  /** @param {string} room */
  const titled = (room) =>
    titleOf(room, { me: chat.me().userId, nameOf: acquaintances.nameOf, words: words.shell });

  function showRooms() {
    const members = chat.rooms().flatMap((room) => chat.room(room).roster());
    acquaintances.meet(members);
    const entries = roomEntries({
      rooms: chat.rooms(),
      current: conversation?.name ?? '',
      me: chat.me().userId,
      nameOf: acquaintances.nameOf,
      online: new Set(members.filter(({ online }) => online).map(({ userId }) => userId)),
      unread: () => NONE,
      words: words.shell,
      locale,
    });
    list.show(entries);
    const { userId, nickname } = chat.me();
    me.show({ userId, nickname: userId === '' ? words.shell.you : nickname });
    if (!conversation) return;
    conversation.titled(titled(conversation.name));
    const count = chat.room(conversation.name).count();
    find(document, '.people-count', HTMLElement).textContent = count > 0 ? String(count) : '';
    find(document, '.open-people', HTMLElement).setAttribute('aria-label', words.shell.here(count));
  }

  /** @param {string} name */
  function go(name) {
    wanted = null;
    if (conversation?.name === name) return;
    conversation?.close();
    conversation = openConversation({
      chat,
      room: chat.room(name),
      title: titled(name),
      words,
      locale,
      draft: drafts.of(name),
      notSent: trouble,
      say,
      writeTo: (userId) => go(chat.direct(userId).name),
    });
    lastRoom.write(name);
    switched();
    if (roomOfHash(location.hash) !== name) history.pushState(null, '', hashOfRoom(name));
    showRooms();
  }

  function roomsChanged() {
    for (const name of chat.rooms()) {
      if (watched.has(name)) continue;
      const room = chat.room(name);
      watched.set(name, [
        room.on('presence', showRooms),
        room.on('arrived', (item) => acquaintances.meet([item]) && showRooms()),
      ]);
    }
    for (const [name, stops] of watched)
      if (!chat.rooms().includes(name)) {
        for (const stop of stops) stop();
        watched.delete(name);
      }
    if (conversation && !chat.rooms().includes(conversation.name)) go(LOBBY);
    if (wanted !== null && chat.rooms().includes(wanted)) go(wanted);
    showRooms();
  }

  /** The rooms are all known now: what is wanted and not among them is offered, or forgotten. */
  function settle() {
    if (chat.me().userId !== '') lastUser.write(chat.me().userId);
    if (wanted === null) return;
    const name = wanted;
    if (chat.rooms().includes(name)) return go(name);
    const partner = isDirect(name) ? partnerOf(name, chat.me().userId) : '';
    if (isDirect(name) && name.includes(chat.me().userId) && partner) {
      go(chat.direct(partner).name);
      return;
    }
    go(LOBBY);
  }

  chat.on('status', (state) => {
    status(state);
    if (state.state === 'live') setTimeout(() => !signal.aborted && settle());
    showRooms();
  });
  chat.on('trouble', trouble);
  chat.on('rooms', roomsChanged);
  chat.on('nickname', showRooms);
  const look = () => chat.visible(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', look, { signal });
  window.addEventListener(
    'popstate',
    () => {
      wanted = roomOfHash(location.hash) ?? LOBBY;
      settle();
    },
    { signal },
  );
  look();
  roomsChanged();
  return {
    chat,
    focus: () => conversation?.focus(),
    async leave() {
      life.abort();
      conversation?.close();
      list.show([]);
      for (const stop of [...watched.values()].flat()) stop();
      await chat.close();
    },
  };
}
