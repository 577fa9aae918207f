// @ts-check
// One server's chat on the screen: its rooms at the side, and the conversation that is open.
import { attend } from './attend.js';
import { openConversation } from './conversation.js';
import { createAcquaintances } from './core/acquaintances.js';
import { connect } from './core/chat.js';
import { createEachRoom } from './core/each-room.js';
import { createPrivateRooms } from './core/private-rooms.js';
import { LOBBY, titleOf } from './core/room-entries.js';
import { isDirect } from './core/room-name.js';
import { hearStuck } from './core/stuck.js';
import { createNavigation } from './navigation.js';
import { clock } from './ports/clock.js';
import { createDrafts } from './ports/drafts.js';
import { serverName } from './ports/server-name.js';
import { tabPorts } from './ports/tabs.js';
import { createSide } from './side.js';
import { openDoors } from './ui/doors.js';
import { find } from './ui/element.js';

/** How long a clock that was set may go unnoticed. */
const LOOK_MS = 10_000;

/** @typedef {{ read(): unknown, write(value: unknown): void }} Slot */

/**
 * @param {{ url: string, credentials?: import('./core/credentials.js').AskCredentials | undefined, account?: string | undefined, dialogs: import('./ui/dialog-fetcher.js').DialogFetcher, words: import('./words/words.js').Catalogue, locale: string, trouble: (error: unknown) => void,
 *   sharing: import('./ports/tabs.js').Sharing | null, ofBrowser: (key: string) => Slot, say: import('./ui/notice.js').Say, unsay: () => void, signIn: () => void,
 *   status: (status: import('./core/line.js').LineStatus) => void, switched: () => void }} options account: whoever signed in; switched: another conversation is open
 */
export function startSession(options) {
  const {
    url,
    credentials,
    account,
    dialogs,
    words,
    locale,
    trouble,
    ofBrowser,
    say,
    signIn,
    sharing,
  } = options;
  const life = new AbortController();
  const { signal } = life;
  const server = serverName(url);
  // Who signs in after somebody finds nothing of theirs.
  const own = serverName(url, account);
  const ports = tabPorts({ url, user: account, sharing, trouble });
  const chat = connect({
    url,
    ...(account === undefined ? {} : { user: account }),
    ports: { ...ports, ...(credentials && { credentials }) },
  });
  const acquaintances = createAcquaintances(ofBrowser(`hubbub.people.${own}`));
  const privateRooms = createPrivateRooms(ofBrowser(`hubbub.private.${own}`));
  /** @param {string} room */
  const isPrivate = (room) => privateRooms.isPrivate(room, chat.visibility(room));
  const lastUser = ofBrowser(`hubbub.user.${own}`);
  const user = () => chat.me().userId || String(lastUser.read() ?? '');
  const drafts = createDrafts({ server, user, trouble });
  /** @type {ReturnType<typeof openConversation> | null} */
  let conversation = null;
  const doors = openDoors({
    root: document,
    chat,
    room: () => {
      const name = conversation?.name ?? LOBBY;
      const { head: title, isPrivate } = titled(name);
      const isOwn = chat.role(name) === 'owner';
      return {
        ...{ name, title, isPrivate, isOwn },
        isLeavable: name !== LOBBY && chat.isIn(name),
      };
    },
    known: acquaintances.all,
    changed: show,
    open: (name) => navigation.go(name),
    say,
    dialogs,
    words: words.shell,
    signal,
  });
  const navigation = createNavigation({
    chat,
    clock,
    last: ofBrowser(`hubbub.room.${own}`),
    opened,
    ask: doors.ask,
    isWriting: () => conversation?.isWriting() ?? false,
    signal,
  });
  const attention = attend({
    ...{ chat, server, user, words: words.attention, trouble, signal },
    titleOf: (room) => titled(room).head,
    open: navigation.go,
  });
  const side = createSide({
    ...{ chat, user, acquaintances, dialogs, words, locale, signal },
    current: navigation.current,
    isPrivate,
    unread: attention.unread,
    invitations: doors.invitations,
    open: navigation.go,
  });
  const each = createEachRoom(chat, (room, name) => [
    hearStuck(room, () => notSent(name)),
    room.on('presence', show),
    room.on('arrived', (item) => acquaintances.meet([item]) && show()),
  ]);

  /** @param {string} room */
  const titled = (room) =>
    titleOf(room, { me: user(), nameOf: acquaintances.nameOf, isPrivate, words: words.shell });

  const list = new Intl.ListFormat(locale);
  /** @param {string[]} rooms */
  const lost = (rooms) =>
    say(words.shell.noLonger(list.format(rooms.map((room) => titled(room).head))));

  /** Whoever looks at the room sees it. @param {string} name */
  function notSent(name) {
    if (name === navigation.current()) return;
    const act = () => navigation.go(name);
    say(words.shell.notSentTo(titled(name).to), { words: words.shell.openIt, act });
  }

  /** What the side and the head of the conversation say. */
  function show() {
    // Hanging up is told as well.
    if (signal.aborted) return;
    side.show();
    if (!conversation) return;
    const { name } = conversation;
    conversation.titled(titled(name));
    attention.titled(titled(name).head);
    // In the lobby everybody is, and nobody leaves it.
    find(document, '.room-menu', HTMLElement).hidden =
      name === LOBBY || isDirect(name) || !chat.isIn(name);
  }

  /** @param {string} name */
  function opened(name) {
    // What was told before there was any conversation is not about one.
    if (conversation) options.unsay();
    conversation?.close();
    doors.closeMenu();
    conversation = openConversation({
      chat,
      user,
      room: chat.room(name),
      title: titled(name),
      words,
      locale,
      draft: drafts.of(name),
      readUpTo: attention.readUpTo(name),
      seen: (seq) => attention.read(name, seq),
      notSent: trouble,
      say,
      signIn,
      isNobody: account === '',
      writeTo(userId) {
        // Of somebody else than whom one is writing to only a server has told.
        if (chat.me().userId !== '') navigation.go(chat.direct(userId).name);
      },
    });
    options.switched();
    show();
    chat.tidy(name);
  }

  function review() {
    each.review();
    navigation.review();
    show();
  }

  chat.on('status', (state) => {
    options.status(state);
    if (state.state === 'signed-out') navigation.stay();
    // The welcome comes right after the word that the line lives.
    if (state.state === 'live')
      clock.after(0, () => {
        if (chat.me().userId !== '') lastUser.write(chat.me().userId);
        if (signal.aborted) return;
        // Where one writes while nobody is signed in.
        drafts.takeOver(LOBBY);
        navigation.settle();
      });
    show();
  });
  chat.on('trouble', trouble);
  attention.on(show);
  chat.on('rooms', review);
  chat.on('removed', (room) => say(words.shell.removedYou(titled(room).head)));
  chat.on('lost', lost);
  chat.on('nickname', show);
  const look = () => chat.visible(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', look, { signal });
  look();
  const timer = setInterval(() => chat.jumped() && chat.wake(), LOOK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  review();
  return {
    chat,
    notifying: attention.notifying,
    async leave() {
      life.abort();
      conversation?.close();
      each.stop();
      await chat.close();
    },
  };
}
