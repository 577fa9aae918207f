// @ts-check
// A nickname made safe to show: nothing invisible, nothing that turns its surroundings around.

const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cc}|[\u2028\u2029]/gu;
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu;

/** @param {string} nickname as the server gave it @returns {string} never empty */
export function shownNickname(nickname) {
  const shown = nickname.replace(INVISIBLE, '').replace(STACKED_MARKS, '$1').trim();
  return shown || 'someone';
}

/** @param {string} nickname already shown @returns {string} one letter for the avatar */
export function initialOf(nickname) {
  const [first = '?'] = nickname.replace(/^guest-/u, '');
  return first.toLocaleUpperCase();
}
