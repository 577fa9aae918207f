// @ts-check
// What is unread: the messages beyond the read cursor that others wrote, and those of them that are for me.
import { findMentions } from './mention-finder.js';

/** @typedef {Pick<import('./timeline.js').Item, 'seq' | 'own' | 'text'>} Readable */
/** @typedef {{ count: number, mentions: number, isMore: boolean }} Unread
 *   isMore: what lies between the cursor and the oldest message here is not counted */

export const NOTHING = Object.freeze({ count: 0, mentions: 0, isMore: false });

/** @param {readonly Readable[]} items as in a timeline: stored ones by seq, then the unsent @returns {number} 0 if none is stored */
export const newestOf = (items) => items.findLast(({ seq }) => seq !== null)?.seq ?? 0;

/**
 * Where reading stands: a cursor beyond all there is comes from an earlier life of the server, and counts for nothing.
 * @param {number} cursor @param {number} newest
 */
const standing = (cursor, newest) => (newest > 0 && cursor > newest ? 0 : cursor);

/** @param {string} nickname @param {string} text */
export const isFor = (nickname, text) =>
  findMentions(text, [nickname]).some(({ kind }) => kind === 'mention');

/** @param {readonly Readable[]} items @param {number} cursor the last seq read @param {string} nickname mine @returns {Unread} */
export function unreadOf(items, cursor, nickname) {
  const from = standing(cursor, newestOf(items));
  let count = 0;
  let forMe = 0;
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const item = items[at];
    if (!item || item.seq === null) continue;
    if (item.seq <= from) break;
    if (item.own) continue;
    count += 1;
    if (isFor(nickname, item.text)) forMe += 1;
  }
  const oldest = items[0]?.seq ?? null;
  return { count, mentions: forMe, isMore: oldest !== null && oldest > from + 1 };
}

/**
 * The cursor after reading up to `seq`: it only grows, within one life of the server.
 * @param {number} cursor @param {number} seq @param {number} newest
 */
export const advanced = (cursor, seq, newest) =>
  Math.max(standing(cursor, Math.max(newest, seq)), seq);

/** As a badge shows it. @param {{ count: number, isMore?: boolean }} unread */
export const countText = ({ count, isMore = false }) =>
  count > 99 ? '99+' : `${count}${isMore ? '+' : ''}`;

/** @param {Iterable<Unread>} rooms @returns {Unread} */
export function totalOf(rooms) {
  let total = /** @type {Unread} */ (NOTHING);
  for (const one of rooms) {
    total = {
      count: total.count + one.count,
      mentions: total.mentions + one.mentions,
      isMore: total.isMore || one.isMore,
    };
  }
  return total;
}
