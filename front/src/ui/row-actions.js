// @ts-check
// What one can do with a row: a failed message's three ways out, a code block's copy, a name's person.

import { inTime } from '../ports/patience.js';

/** @typedef {import('../core/timeline.js').Item} Item */

const SAYS_SO_MS = 2_000;
const ANSWER_MS = 1_000;

/** @param {Element} button @param {{ copy: string, copied: string, notCopied: string }} words */
async function copyCode(button, words) {
  const code = button.parentElement?.querySelector('code')?.textContent ?? '';
  // Outside https there is no clipboard, and its absence throws.
  const write = async () => navigator.clipboard.writeText(code);
  const copied = await inTime(write(), ANSWER_MS).then(
    () => true,
    () => false,
  );
  button.replaceChildren(copied ? words.copied : words.notCopied);
  setTimeout(() => button.replaceChildren(words.copy), SAYS_SO_MS);
}

/**
 * @param {{ log: HTMLElement, itemOf: (row: Element) => Item | undefined, words: import('./log-frame.js').Words,
 *   room: Pick<import('../core/room-face.js').RoomFace, 'retry' | 'discard'>, edit: (text: string) => void, say: import('./notice.js').Say,
 *   openPerson: (userId: string) => void, signal: AbortSignal }} options
 */
export function watchRowActions({ log, itemOf, words, room, edit, say, openPerson, signal }) {
  /** @type {Record<string, (item: Item, button: Element) => void>} */
  const acts = {
    copy: (_, button) => void copyCode(button, words),
    person: ({ userId }) => openPerson(userId),
    retry({ messageId }) {
      // The button goes away with the click; the log is the nearest place that stays.
      log.focus({ preventScroll: true });
      room.retry(messageId);
    },
    delete({ messageId, text }) {
      log.focus({ preventScroll: true });
      room.discard(messageId);
      say(words.deleted, { words: words.undo, act: () => edit(text) });
    },
    edit({ messageId, text }) {
      room.discard(messageId);
      edit(text);
    },
  };

  log.addEventListener(
    'click',
    ({ target }) => {
      const button = target instanceof Element ? target.closest('[data-do]') : null;
      const row = button?.closest('[data-message-id]');
      const item = row && itemOf(row);
      if (button && item) acts[button.getAttribute('data-do') ?? '']?.(item, button);
    },
    { signal },
  );
}
