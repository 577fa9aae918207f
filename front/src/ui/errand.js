// @ts-check
// What a dialog does, one thing at a time, until it is done or nobody waits for it any more; one is told when it waits for the line.
import { element } from './element.js';

/** @typedef {{ status(): { state: string }, on(news: 'status', listener: () => void): () => void }} Lined */

/**
 * @param {{ form: HTMLFormElement, chat: Lined, waits: string, signal: AbortSignal }} options
 *   form: marked busy meanwhile; waits: the words for a line that is down
 */
export function createErrand({ form, chat, waits, signal }) {
  const note = element('p', { class: 'help', role: 'status' });
  /** @type {AbortController | null} */
  let doing = null;

  function show() {
    if (doing) form.setAttribute('aria-busy', 'true');
    else form.removeAttribute('aria-busy');
    note.textContent = doing && chat.status().state !== 'live' ? waits : '';
  }

  /** @param {AbortController | null} next */
  function become(next) {
    doing = next;
    show();
  }

  signal.addEventListener('abort', chat.on('status', show));
  return {
    /** Where it is said that it waits. */
    note,
    /**
     * Rejects as `act` does, while somebody waits for it.
     * @param {(wanted: AbortSignal) => Promise<unknown>} act
     * @returns {Promise<boolean>} whether it was done; not if another is under way, or it was let go
     */
    async run(act) {
      if (doing) return false;
      const mine = new AbortController();
      become(mine);
      try {
        await act(mine.signal);
        return doing === mine;
      } catch (error) {
        if (doing === mine) throw error;
        return false;
      } finally {
        if (doing === mine) become(null);
      }
    },
    /** Nobody waits for it any more. */
    letGo() {
      doing?.abort();
      become(null);
    },
  };
}
