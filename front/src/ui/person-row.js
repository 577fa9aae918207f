// @ts-check
// One person in the panel: a face with a dot, a name, and whether they are here or since when not.
import { ago } from '../core/ago.js';
import { shownNickname } from '../core/nickname.js';
import { createAvatar, updateAvatar } from './avatar.js';
import { element } from './element.js';

/** @typedef {import('../core/people.js').Member} Member */
/** @typedef {typeof import('../words/en.js').en.people} Words */

/** @param {Member} member @param {{ words: Words, locale: string, now: () => number }} reader now: by the server's clock, as the member's `at` is @returns {string} empty where nothing is known */
export function presenceOf({ online, at }, { words, locale, now }) {
  if (online) return words.isOnline;
  if (at === '') return '';
  const passed = ago(now() - Date.parse(at), locale);
  return passed === null ? words.justSeen : words.seen(passed);
}

/**
 * @param {{ member: Member, isMe: boolean, words: Words, locale: string, now: () => number, open: (userId: string) => void, signal: AbortSignal }} options
 *   open: called when somebody else is chosen
 */
export function createPersonRow({ member, isMe, words, locale, now, open, signal }) {
  const face = createAvatar(member);
  const dot = element('span', { class: 'dot', 'aria-hidden': 'true' });
  const name = element('bdi', { class: 'name' });
  const state = element('span', { class: 'state' });
  const mark = isMe ? [' ', element('span', { class: 'you' }, words.you)] : [];
  const called = element('span', { class: 'called' }, name, ...mark);
  const parts = [
    element('span', { class: 'face' }, face, dot),
    element('span', { class: 'about' }, called, ' ', state),
  ];
  const { userId } = member;
  const person = isMe
    ? element('div', { class: 'person' }, ...parts)
    : element('button', { class: 'person', type: 'button' }, ...parts);
  if (!isMe) person.addEventListener('click', () => open(userId), { signal });
  let shown = member;

  /** @param {Member} next */
  function update(next) {
    shown = next;
    const nickname = shownNickname(next.nickname);
    name.textContent = nickname;
    if (!isMe) person.title = words.writeTo(nickname);
    person.dataset.seen = next.online ? 'here' : 'away';
    updateAvatar(face, next);
    age();
  }

  /** Time goes on. */
  function age() {
    state.textContent = presenceOf(shown, { words, locale, now });
  }

  update(member);
  return { node: element('li', { 'data-user': userId }, person), update, age };
}
