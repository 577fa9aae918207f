// @ts-check
// What stands in the place of messages while nobody is signed in: why there are none, what becomes of what one writes, and the way in.
import { element } from './element.js';

/** @param {{ words: typeof import('../words/en.js').en.line, signIn: () => void }} options */
export function createSignedOut({ words, signIn }) {
  const face = element('img', { src: 'icon.svg', alt: '', width: '72', height: '72' });
  const button = element('button', { type: 'button', class: 'sign-in' }, words.signIn);
  button.addEventListener('click', signIn);
  const [title, hint] = [element('h2', {}, words.signInTo), element('p', {}, words.signedOut)];
  return element('div', { class: 'empty signed-out' }, face, title, hint, button);
}
