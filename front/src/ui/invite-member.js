// @ts-check
// Invites somebody whom one has met into a room.
import { shownNickname } from '../core/nickname.js';
import { createDialog, refusal } from './dialog.js';
import { element } from './element.js';

/** @typedef {import('./room-menu.js').Person} Person */

/**
 * @param {{ chat: import('./errand.js').Lined & { invite(room: string, userId: string, signal: AbortSignal): Promise<unknown> },
 *   say: (words: string) => void, words: typeof import('../words/dialogs-en.js').dialogsEn.rooms, signal: AbortSignal }} options
 */
export function createInviteMember({ chat, say, words, signal }) {
  let room = '';
  /** @type {Person[]} */
  let people = [];
  const who = element('select', { id: 'invite-who' });
  const dialog = createDialog({
    ...{ chat, words, signal },
    name: 'invite',
    title: '',
    body: [element('label', { for: who.id }, words.inviteWho), who],
    submit: { words: words.inviteIt, act: invite },
  });

  /** @param {AbortSignal} wanted */
  async function invite(wanted) {
    const chosen = people.find(({ userId }) => userId === who.value);
    if (!chosen) throw refusal('other');
    await chat.invite(room, chosen.userId, wanted);
    say(words.invited(shownNickname(chosen.nickname)));
  }

  return {
    close: dialog.close,
    /** @param {{ name: string, title: string, isPrivate: boolean }} to @param {Person[]} whom at least one */
    open(to, whom) {
      room = to.name;
      people = whom;
      who.replaceChildren(
        ...people.map(({ userId, nickname }) =>
          element('option', { value: userId }, shownNickname(nickname)),
        ),
      );
      dialog.titled(words.inviteTitle(to.title), to.isPrivate);
      dialog.open();
    },
  };
}
