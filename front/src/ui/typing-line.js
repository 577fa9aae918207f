// @ts-check
// Who is writing, in a line whose height is always there: its coming and going moves nothing.
import { shownNickname } from '../core/nickname.js';
import { element } from './element.js';

/** @typedef {import('../core/typists.js').Typist} Typist */

/**
 * @param {{ root: HTMLElement, room: import('../core/room-face.js').RoomFace,
 *   words: typeof import('../words/en.js').en.people, signal: AbortSignal }} options
 */
export function createTypingLine({ root, room, words, signal }) {
  const name = (/** @type {Typist} */ { nickname }) =>
    element('bdi', { class: 'typist' }, shownNickname(nickname));

  /** @param {Typist[]} typists @returns {(Node | string)[]} */
  function sentence([first, second, ...others]) {
    if (!first) return [];
    if (!second) return words.typingOne(name(first));
    return others.length > 0 ? [words.typingMany] : words.typingTwo(name(first), name(second));
  }

  /** @param {Typist[]} typists */
  function show(typists) {
    root.replaceChildren(...sentence(typists));
    root.classList.toggle('is-typing', typists.length > 0);
  }

  show(room.typists());
  signal.addEventListener('abort', room.on('typing', show), { once: true });
}
