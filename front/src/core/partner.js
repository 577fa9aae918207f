// @ts-check
// The one with whom a direct conversation is, as the rooms that both are in tell: the server keeps no roster of two.
import { leftAt } from './people.js';

/** @typedef {import('./roster.js').Member} Member */

/**
 * @param {{ userId: string, nickname: string }} person nickname: what they go by if no room tells
 * @param {Member[][]} rosters of all rooms that one hears
 * @returns {Member} online if any room says so, else as the latest word has it; `at` is empty where there is none
 */
export function partnerFrom({ userId, nickname }, rosters) {
  const words = rosters.flat().filter((member) => member.userId === userId);
  const [best] = words.toSorted(
    (one, other) => Number(other.online) - Number(one.online) || leftAt(other) - leftAt(one),
  );
  return best ?? { userId, nickname, online: false, at: '' };
}
