// @ts-check
// What one can do with the room that is open: invite somebody one has met, or leave it after being asked.
import { shownNickname } from '../core/nickname.js';
import { createDialog, refusal } from './dialog.js';
import { element, find } from './element.js';

/** @typedef {{ userId: string, nickname: string }} Person */

/**
 * @param {{ root: ParentNode, chat: { invite(room: string, userId: string): Promise<unknown>, leave(room: string): Promise<void> },
 *   room: () => { name: string, title: string, isLeavable: boolean }, guests: () => Person[], say: (words: string) => void,
 *   words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 *   guests: who is known and not in the room
 */
export function createRoomMenu({ root, chat, room, guests, say, words, signal }) {
  const who = element('select', { id: 'invite-who' });
  const nobody = element('p', { class: 'help' }, words.inviteNobody);
  const label = element('label', { for: 'invite-who' }, words.inviteWho);
  const leaveFirst = element('button', { type: 'button', class: 'leave-room' }, words.leaveIt);
  const common = { cancel: words.cancel, problems: words.problems, signal };
  const menu = createDialog({
    ...common,
    name: 'menu',
    title: '',
    body: [label, who, nobody, leaveFirst],
    submit: words.inviteIt,
    act: invite,
  });
  const farewell = createDialog({
    ...common,
    name: 'farewell',
    title: '',
    body: [element('p', { class: 'help' }, words.leaveHelp)],
    submit: words.leaveIt,
    isAlarming: true,
    act: () => chat.leave(room().name),
  });

  async function invite() {
    const chosen = guests().find(({ userId }) => userId === who.value);
    if (!chosen) throw refusal('other');
    await chat.invite(room().name, chosen.userId);
    say(words.invited(shownNickname(chosen.nickname)));
  }

  function open() {
    const people = guests();
    who.replaceChildren(
      ...people.map(({ userId, nickname }) =>
        element('option', { value: userId }, shownNickname(nickname)),
      ),
    );
    nobody.hidden = people.length > 0;
    who.hidden = people.length === 0;
    label.hidden = people.length === 0;
    menu.submit.hidden = people.length === 0;
    leaveFirst.hidden = !room().isLeavable;
    menu.title.replaceChildren(room().title);
    menu.open();
  }

  find(root, '.room-menu', HTMLButtonElement).addEventListener('click', open, { signal });
  leaveFirst.addEventListener('click', () => {
    menu.close();
    farewell.title.replaceChildren(words.leaveTitle(room().title));
    farewell.open();
  });
}
