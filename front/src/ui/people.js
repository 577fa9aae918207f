// @ts-check
// The people line under the room's name: who one is here, and how many others are.
import { shownNickname } from '../core/nickname.js';

/**
 * @param {HTMLElement} hint
 */
export function createPeople(hint) {
  return {
    /** @param {{ userId: string, nickname: string }} me @param {number} count how many are here, oneself among them */
    show(me, count) {
      const others = Math.max(0, count - 1);
      const words = [
        me.userId === '' ? 'you are a guest' : `you are ${shownNickname(me.nickname)}`,
        others === 0 ? '' : others === 1 ? '1 other here' : `${others} others here`,
      ];
      hint.textContent = words.filter(Boolean).join(' · ');
    },
  };
}
