// @ts-check
// How long the page waits for a browser's API before it goes on without it: less than 3 s in all.
import { clock } from './clock.js';

/**
 * Settles as `answer` does. Rejects with an Error when that takes longer than `ms`.
 * The wait has two halves: in a page that slept, only one timer is late, and the answer comes before the second.
 * @template T @param {Promise<T>} answer @param {number} ms @returns {Promise<T>}
 */
export function inTime(answer, ms) {
  return new Promise((resolve, reject) => {
    let cancel = clock.after(ms / 2, () => {
      cancel = clock.after(ms / 2, () => reject(new Error('No answer in time.')));
    });
    answer.then(resolve, reject).finally(() => cancel());
  });
}
