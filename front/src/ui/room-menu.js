// @ts-check
// What one can do with the room that is open: invite somebody one has met, take somebody out, or leave it after being asked.
import { createDialog } from './dialog.js';
import { element } from './element.js';
import { createIcon } from './icon.js';
import { createInviteMember } from './invite-member.js';
import { createRemoveMember } from './remove-member.js';

/** @typedef {{ userId: string, nickname: string }} Person */
/** @typedef {{ name: string, title: string, isPrivate: boolean, isOwn: boolean, isLeavable: boolean }} OpenRoom
 *   isOwn: one is its owner, which only a private room has */

/**
 * @param {{ chat: import('./errand.js').Lined & { invite(room: string, userId: string, signal: AbortSignal): Promise<unknown>,
 *   remove(room: string, userId: string, signal: AbortSignal): Promise<unknown>, leave(room: string, signal: AbortSignal): Promise<void> },
 *   room: () => OpenRoom, unsent: (room: string) => number, mayInvite: () => boolean, guests: () => Person[], removable: () => Person[], say: (words: string) => void,
 *   words: typeof import('../words/dialogs-en.js').dialogsEn.rooms, signal: AbortSignal }} options
 *   unsent: how many messages of one's own are not sent there; mayInvite: whether one may at all; guests: who is known and not in the room; removable: whom its owner may take out of it
 */
export function createRoomMenu({ chat, room, say, words, signal, ...about }) {
  const { unsent, mayInvite, guests, removable } = about;
  /** The room that the menu was opened for: another may be open by the time one answers. */
  let asked = room();
  /** @type {Person[]} */
  let people = [];
  /** @type {Person[]} */
  let members = [];
  const inviteFirst = createWay('invite', words.inviteFirst, () => inviting.open(asked, people));
  const removeFirst = createWay('remove', words.removeFirst, () => removing.open(asked, members));
  const leaveFirst = createWay('leave', words.leaveIt, askToLeave);
  leaveFirst.classList.add('alarming');
  const nobody = element('p', { class: 'help' }, words.inviteNobody);
  const leaves = element('p', { class: 'help' });
  const unsentThere = element('p', { class: 'help' });
  const common = { chat, words, signal };
  const menu = createDialog({
    ...common,
    name: 'menu',
    title: '',
    body: [
      nobody,
      element('div', { class: 'ways' }, inviteFirst, removeFirst),
      element('div', { class: 'ways' }, leaveFirst),
    ],
    close: words.close,
  });
  const farewell = createDialog({
    ...common,
    name: 'farewell',
    title: '',
    body: [leaves, unsentThere],
    submit: {
      words: words.leaveIt,
      act: (wanted) => chat.leave(asked.name, wanted),
      isAlarming: true,
    },
  });
  const inviting = createInviteMember({ ...common, say });
  const removing = createRemoveMember({ ...common, say });

  /** @param {'invite' | 'remove' | 'leave'} icon @param {string} word @param {() => void} go */
  function createWay(icon, word, go) {
    const way = element('button', { type: 'button' }, createIcon(icon), word);
    way.addEventListener('click', () => {
      menu.close();
      go();
    });
    return way;
  }

  function askToLeave() {
    const { name, title, isPrivate, isOwn } = asked;
    const count = unsent(name);
    farewell.titled(words.leaveTitle(title), isPrivate);
    const means = isOwn ? words.leaveOwn : isPrivate ? words.leavePrivate : words.leavePublic;
    leaves.replaceChildren(means);
    unsentThere.hidden = count === 0;
    unsentThere.replaceChildren(words.leaveUnsent(count));
    farewell.open();
  }

  function open() {
    asked = room();
    const isAllowed = mayInvite();
    people = isAllowed ? guests() : [];
    members = removable();
    nobody.hidden = !isAllowed || people.length > 0;
    inviteFirst.hidden = people.length === 0;
    removeFirst.hidden = members.length === 0;
    leaveFirst.hidden = !asked.isLeavable;
    menu.titled(asked.title, asked.isPrivate);
    menu.open();
  }

  return {
    open,
    /** Another room is open: this is no longer about it. */
    close() {
      menu.close();
      inviting.close();
      removing.close();
      farewell.close();
    },
  };
}
