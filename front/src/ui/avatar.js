// @ts-check
// A face drawn from the userId: the same hue and shape on every screen, whatever somebody calls themselves.
import { hashOf, hueOf } from '../core/colour.js';
import { initialOf, shownNickname } from '../core/nickname.js';
import { element } from './element.js';

const SHAPES = 4;

/** @param {{ userId: string, nickname: string }} person @returns {HTMLSpanElement} silent: the name stands beside it */
export function createAvatar(person) {
  const face = element('span', { class: 'avatar', 'aria-hidden': 'true' });
  updateAvatar(face, person);
  return face;
}

/** @param {HTMLElement} face @param {{ userId: string, nickname: string }} person */
export function updateAvatar(face, { userId, nickname }) {
  face.textContent = initialOf(shownNickname(nickname));
  face.dataset.shape = String((hashOf(userId) >>> 9) % SHAPES);
  face.style.setProperty('--hue', String(hueOf(userId)));
}
