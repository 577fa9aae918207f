// @ts-check
// Where a message opens a new day, and where a new group: who speaks on within five minutes needs no name again.
import { dayOf } from './calendar.js';

/** @typedef {import('./timeline.js').Item} Item */

const GROUP_MS = 5 * 60_000;

/** @param {Item} a @param {Item} b */
const sameVoice = (a, b) => (a.own && b.own ? true : a.own === b.own && a.userId === b.userId);

/**
 * By the server's time of what is stored, in this machine's time zone; the unsent have only this machine's.
 * @param {Item | undefined} above what stands right above it @param {Item} item
 */
export function openingsOf(above, item) {
  const opensDay = item.seq !== null && (!above || dayOf(above.at) !== dayOf(item.at));
  const bothSent = above && above.seq !== null && item.seq !== null;
  const gap = above ? (bothSent ? item.at - above.at : item.localAt - above.localAt) : 0;
  return { opensDay, opensGroup: opensDay || !above || !sameVoice(above, item) || gap > GROUP_MS };
}
