// @ts-check
// What tabs say to each other about their one line, and how it is read: another tab may run another version of this page.

/** @typedef {import('./line.js').LineStatus} LineStatus */
/** @typedef {import('./frame.js').ServerFrame} ServerFrame */
/** @typedef {import('./frame.js').Welcome} Welcome */
/** @typedef {{ from: string, term: number }} Leader term: counts the leaders; of two the greater leads, of equals the greater `from` */
/** @typedef {'tryNow' | 'useHere' | 'wake' | 'distrust'} Verb */
/** @typedef {{ kind: 'ask' | 'nudge' } | { kind: 'send', frame: object } | { kind: 'urge', verb: Verb }} Request
 *   ask: who looks at a tab wants to know; nudge: the shared outbox changed */
/** @typedef {Leader & { kind: 'status', status: LineStatus, told: number, welcome: Welcome | null }} StatusMessage
 *   told: frames so far; welcome: the line's, with the heads of now, for who came late or missed some */
/** @typedef {Leader & { kind: 'frame', frame: ServerFrame }} FrameMessage */
/** @typedef {Request | StatusMessage | FrameMessage} TabMessage */

/** Counted up when the shapes above change: tabs of two versions of the page do not hear each other. */
export const TABS_VERSION = 1;

const KINDS = new Set(['ask', 'nudge', 'send', 'urge', 'status', 'frame']);

/** @param {unknown} data @returns {TabMessage | null} */
export function readTabMessage(data) {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return null;
  return KINDS.has(String(data.kind)) ? /** @type {TabMessage} */ (data) : null;
}

/** @param {Leader} a @param {Leader} b @returns {boolean} whether a leads, when both say so */
export function outranks(a, b) {
  return a.term > b.term || (a.term === b.term && a.from > b.from);
}

/** @param {unknown} stored @returns {Leader} who led last, as far as storage knows */
export function readLeader(stored) {
  const { from, term } = /** @type {Partial<Record<string, unknown>>} */ (stored ?? {});
  if (typeof from !== 'string' || !Number.isSafeInteger(term)) return { from: '', term: 0 };
  return { from, term: Number(term) };
}
