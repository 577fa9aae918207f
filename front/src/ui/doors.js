// @ts-check
// The ways into rooms and out of them: find, create, invite, be invited, remove, leave, each behind its button.
import { find } from './element.js';
import { createInvitations } from './invitations.js';

/** @typedef {import('./room-menu.js').Person} Person */

/**
 * @param {{ root: ParentNode, chat: ReturnType<typeof import('../core/chat.js').connect>,
 *   room: () => import('./room-menu.js').OpenRoom, known: () => Person[], changed: () => void, open: (room: string) => void,
 *   say: import('./notice.js').Say, dialogs: import('./dialog-fetcher.js').DialogFetcher, words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 *   room: the one that is open; known: whom one has met, the last first; changed: invitations came or went
 */
export function openDoors({ root, chat, room, known, changed, open, say, dialogs, words, signal }) {
  /** @param {string} userId */
  const nameOf = (userId) =>
    known().find((one) => one.userId === userId)?.nickname ?? words.someone;
  const invitations = createInvitations({
    ...{ root, rooms: () => chat.rooms().filter(chat.isIn), nameOf, changed, say, words, signal },
    ask: (invitation) => void doors.use(({ asking }) => invited(asking, invitation)),
    isListed,
  });
  const doors = dialogs.lazily(make, signal);

  /** @param {import('./dialog-fetcher.js').Dialogs} how @param {import('./dialog-fetcher.js').DialogWords} said */
  function make(how, said) {
    const common = { chat, words: said.rooms, signal };
    return {
      finding: how.createFindRoom({ ...common, open }),
      creating: how.createCreateRoom({ ...common, open }),
      asking: how.createAskRoom({ ...common, isListed, open, done: invitations.drop }),
      menu: how.createRoomMenu({
        ...common,
        ...{ room, unsent, mayInvite, guests, removable, say },
      }),
    };
  }

  /** Whether there is a public room of this name. @param {string} room @param {AbortSignal} wanted */
  async function isListed(room, wanted) {
    const { rooms } = await chat.publicRooms({ prefix: room }, wanted);
    return rooms.some((one) => one.room === room);
  }

  /** @param {ReturnType<typeof make>['asking']} asking @param {import('./invitations.js').Waiting} invitation */
  const invited = (asking, { room, by, isPrivate }) =>
    asking.invited({ room, isPrivate }, words.invitedBy(nameOf(by)));

  function openMenu() {
    const { name } = room();
    // Another room may be open by the time the menu is there.
    void doors.use(({ menu }) => room().name === name && menu.open());
  }

  /** @param {string} name of a room that a link names @returns {AbortSignal} until it is answered */
  function ask(name) {
    const answered = new AbortController();
    const end = () => answered.abort();
    const asked = doors.use(({ asking }) => {
      const waiting = invitations.of(name);
      const opening = waiting ? invited(asking, waiting) : asking.linked(name);
      opening.addEventListener('abort', end);
    });
    void asked.then((isAsked) => isAsked || end());
    return answered.signal;
  }

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

  /** @param {string} selector @param {() => void} act */
  const onClick = (selector, act) =>
    find(root, selector, HTMLButtonElement).addEventListener('click', act, { signal });
  onClick('.join-room', () => void doors.use(({ finding }) => finding.open()));
  onClick('.create-room', () => void doors.use(({ creating }) => creating.open()));
  onClick('.room-menu', openMenu);
  chat.on('invited', invitations.add);
  chat.on('uninvited', invitations.drop);
  chat.on('rooms', invitations.review);
  return { ask, closeMenu: () => doors.made()?.menu.close(), invitations: invitations.count };
}
