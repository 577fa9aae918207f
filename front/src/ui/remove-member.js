// @ts-check
// The owner takes somebody out of a private room, after being told what that means.
import { shownNickname } from '../core/nickname.js';
import { createDialog, refusal } from './dialog.js';
import { element } from './element.js';

/** @typedef {import('./room-menu.js').Person} Person */

/**
 * @param {{ chat: import('./errand.js').Lined & { remove(room: string, userId: string, signal: AbortSignal): Promise<unknown> },
 *   say: (words: string) => void, words: typeof import('../words/dialogs-en.js').dialogsEn.rooms, signal: AbortSignal }} options
 */
export function createRemoveMember({ chat, say, words, signal }) {
  let room = '';
  /** @type {Person[]} */
  let members = [];
  const who = element('select', { id: 'remove-who' });
  const dialog = createDialog({
    ...{ chat, words, signal },
    name: 'remove',
    title: '',
    body: [
      element('label', { for: who.id }, words.removeWho),
      who,
      element('p', { class: 'help' }, words.removeHelp),
    ],
    submit: { words: words.removeIt, act: remove, isAlarming: true },
  });

  /** @param {AbortSignal} wanted */
  async function remove(wanted) {
    const chosen = members.find(({ userId }) => userId === who.value);
    if (!chosen) throw refusal('other');
    await chat.remove(room, chosen.userId, wanted);
    say(words.removed(shownNickname(chosen.nickname)));
  }

  return {
    close: dialog.close,
    /** @param {{ name: string, title: string, isPrivate: boolean }} from @param {Person[]} whom at least one */
    open(from, whom) {
      room = from.name;
      members = whom;
      who.replaceChildren(
        ...members.map(({ userId, nickname }) =>
          element('option', { value: userId }, shownNickname(nickname)),
        ),
      );
      dialog.titled(words.removeTitle(from.title), from.isPrivate);
      dialog.open();
    },
  };
}
