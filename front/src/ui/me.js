// @ts-check
// Oneself, at the foot of the side: face and name, and the way to another name.
import { shownNickname } from '../core/nickname.js';
import { createAvatar, updateAvatar } from './avatar.js';
import { element, find } from './element.js';

/** @typedef {{ userId: string, nickname: string }} Person */

/** @param {{ root: ParentNode, rename: () => void, signal: AbortSignal }} options */
export function createMe({ root, rename, signal }) {
  const button = find(root, '.me', HTMLButtonElement);
  const face = createAvatar({ userId: '', nickname: '' });
  const name = element('bdi', { class: 'name' });
  button.replaceChildren(face, name);
  button.addEventListener('click', rename, { signal });
  return {
    /** @param {Person} person */
    show(person) {
      updateAvatar(face, person);
      name.textContent = shownNickname(person.nickname);
    },
  };
}
