// @ts-check
// What one can do with the room that is open: invite somebody one has met, take somebody out, or leave it after being asked.
import { shownNickname } from '../core/nickname.js';
import { createDialog, refusal } from './dialog.js';
import { element } from './element.js';
import { createRemoveMember } from './remove-member.js';

/** @typedef {{ userId: string, nickname: string }} Person */

/**
 * @param {{ chat: import('./errand.js').Lined & { invite(room: string, userId: string, signal: AbortSignal): Promise<unknown>,
 *   remove(room: string, userId: string, signal: AbortSignal): Promise<unknown>, leave(room: string, signal: AbortSignal): Promise<void> },
 *   room: () => { name: string, title: string, isLeavable: boolean }, unsent: (room: string) => number, mayInvite: () => boolean, guests: () => Person[], removable: () => Person[], say: (words: string) => void,
 *   words: typeof import('../words/dialogs-en.js').dialogsEn.rooms, signal: AbortSignal }} options
 *   unsent: how many messages of one's own are not sent there; mayInvite: whether one may at all; guests: who is known and not in the room; removable: whom its owner may take out of it
 */
export function createRoomMenu({ chat, room, say, words, signal, ...about }) {
  const { unsent, mayInvite, guests, removable } = about;
  /** The room that the menu was opened for: another may be open by the time one answers. */
  let asked = { name: '', title: '', isLeavable: false };
  /** @type {Person[]} */
  let people = [];
  /** @type {Person[]} */
  let members = [];
  const who = element('select', { id: 'invite-who' });
  const nobody = element('p', { class: 'help' }, words.inviteNobody);
  const label = element('label', { for: 'invite-who', class: 'hushed' }, words.inviteWho);
  const inviting = element('h3', {}, words.inviteTitle);
  const removeFirst = element(
    'button',
    { type: 'button', class: 'remove-member' },
    words.removeFirst,
  );
  const leaveFirst = element('button', { type: 'button', class: 'leave-room' }, words.leaveIt);
  const leaves = element('p', { class: 'help' });
  const common = { chat, words, signal };
  const menu = createDialog({
    ...common,
    name: 'menu',
    title: '',
    body: [inviting, label, who, nobody, removeFirst, leaveFirst],
    submit: words.inviteIt,
    act: invite,
  });
  const farewell = createDialog({
    ...common,
    name: 'farewell',
    title: '',
    body: [element('p', { class: 'help' }, words.leaveHelp), leaves],
    submit: words.leaveIt,
    isAlarming: true,
    act: (wanted) => chat.leave(asked.name, wanted),
  });

  const removing = createRemoveMember({ chat, say, words, signal });

  /** @param {AbortSignal} wanted */
  async function invite(wanted) {
    const chosen = people.find(({ userId }) => userId === who.value);
    if (!chosen) throw refusal('other');
    await chat.invite(asked.name, chosen.userId, wanted);
    say(words.invited(shownNickname(chosen.nickname)));
  }

  function open() {
    asked = room();
    const isAllowed = mayInvite();
    people = isAllowed ? guests() : [];
    members = removable();
    who.replaceChildren(
      ...people.map(({ userId, nickname }) =>
        element('option', { value: userId }, shownNickname(nickname)),
      ),
    );
    inviting.hidden = !isAllowed;
    nobody.hidden = !isAllowed || people.length > 0;
    who.hidden = people.length === 0;
    label.hidden = people.length === 0;
    menu.submit.hidden = people.length === 0;
    removeFirst.hidden = members.length === 0;
    leaveFirst.hidden = !asked.isLeavable;
    menu.title.replaceChildren(asked.title);
    menu.open();
  }

  removeFirst.addEventListener('click', () => {
    menu.close();
    removing.open(asked, members);
  });
  leaveFirst.addEventListener('click', () => {
    menu.close();
    farewell.title.replaceChildren(words.leaveTitle(asked.title));
    const count = unsent(asked.name);
    leaves.hidden = count === 0;
    leaves.replaceChildren(words.leaveUnsent(count));
    farewell.open();
  });
  return {
    open,
    /** Another room is open: this is no longer about it. */
    close() {
      menu.close();
      removing.close();
      farewell.close();
    },
  };
}
