// @ts-check
// What is known of a room's numbers: everything above a floor up to the head, except exactly these holes.
import { above, add, has, missing } from './ranges.js';

/** @typedef {import('./ranges.js').Range} Range */

/** @param {number} start the floor: numbers up to here are not cared about */
export function createExtent(start) {
  let floor = start;
  let head = start;
  /** @type {Range[]} */
  let known = [];

  return {
    floor: () => floor,
    head: () => head,
    /** The last number given, as somebody tells. @param {number} seq */
    raise(seq) {
      head = Math.max(head, seq);
    },
    /** @param {number} seq stored here, or void */
    know(seq) {
      head = Math.max(head, seq);
      if (seq > floor) known = add(known, seq, seq);
    },
    /** @param {number} seq whether nothing new can be told of it */
    covers: (seq) => seq <= floor || has(known, seq),
    /** Cares about more: the numbers above a lower floor. @param {number} to */
    lower(to) {
      floor = Math.min(floor, to);
    },
    /** Cares about less. @param {number} to */
    rise(to) {
      floor = Math.max(floor, to);
      known = above(known, floor);
    },
    /** @param {number} [upTo] @returns {Range[]} ascending */
    holes: (upTo = head) => missing(known, floor + 1, Math.min(head, upTo)),
    /** @param {number} seq @returns {number} the last number up to which nothing is missing after `seq` */
    unbrokenAfter(seq) {
      const [hole] = missing(known, Math.max(seq, floor) + 1, head);
      return hole ? hole[0] - 1 : Math.max(head, floor);
    },
  };
}
