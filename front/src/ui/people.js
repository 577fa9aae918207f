// @ts-check
// The people line under the room's name: who one is here, and how many others were heard.
import { shownNickname } from '../core/nickname.js';

/**
 * @param {HTMLElement} hint
 */
export function createPeople(hint) {
  return {
    /** @param {import('../core/timeline.js').Item[]} items all that are shown */
    show(items) {
      const heard = items.filter((item) => item.state === 'sent');
      const others = new Set(heard.filter((item) => !item.own).map((item) => item.userId)).size;
      const me = heard.findLast((item) => item.own);
      const words = [
        me ? `you are ${shownNickname(me.nickname)}` : 'you are a guest',
        others === 0 ? '' : others === 1 ? '1 other heard' : `${others} others heard`,
      ];
      hint.textContent = words.filter(Boolean).join(' · ');
    },
  };
}
