// @ts-check
// The error of a storage that keeps nothing, by what is lost with the page.

/** @typedef {'local' | 'unsent'} Lost local: what is in localStorage; unsent: messages */

export class NotKept extends Error {
  /** @param {Lost} what @param {unknown} cause */
  constructor(what, cause) {
    super(`Not kept: ${what}.`, { cause });
    this.what = what;
  }
}
