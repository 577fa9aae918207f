// @ts-check
// Invitations that wait, below the rooms at the side: nobody is taken anywhere, nor interrupted, because somebody asks.
import { element, find } from './element.js';

/** @typedef {import('../core/frame.js').Invitation} Invitation */

/** Beyond as many, what strangers ask is left away until some are answered. */
const MOST = 10;

/**
 * @param {{ root: ParentNode, rooms: () => string[], nameOf: (userId: string) => string, ask: (invitation: Invitation) => void, changed: () => void, say: import('./notice.js').Say,
 *   words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 *   rooms: those one is in; ask: what the invitation's button does
 */
export function createInvitations({ root, rooms, nameOf, ask, changed, say, words, signal }) {
  const list = find(root, '.invitations', HTMLUListElement);
  /** @type {Map<string, { row: HTMLLIElement, unsay: () => void }>} */
  const rows = new Map();
  signal.addEventListener('abort', () => list.replaceChildren());

  /** The focus goes to the next one, also when the dialog that asked would give it back. @param {HTMLLIElement} row */
  function remove(row) {
    const next = row.nextElementSibling?.querySelector('button');
    const last = find(root, '.join-room', HTMLButtonElement);
    const heir = () => (next?.isConnected ? next : last);
    const hadFocus = row.contains(document.activeElement);
    row.remove();
    if (hadFocus) heir().focus();
    const dialog = document.querySelector('dialog[open]');
    dialog?.addEventListener(
      'close',
      () => {
        // It is in the dialog until the page is drawn again, and then nowhere.
        const at = document.activeElement;
        if (at === document.body || dialog.contains(at)) heir().focus();
      },
      { once: true, signal },
    );
  }

  /** @param {string} room */
  function drop(room) {
    const known = rows.get(room);
    if (known) remove(known.row);
    known?.unsay();
    rows.delete(room);
    list.hidden = rows.size === 0;
    changed();
  }

  return {
    /** A welcome tells them all again. @param {Invitation} invitation */
    add(invitation) {
      const { room, by } = invitation;
      if (rows.has(room) || rows.size >= MOST) return;
      const name = element('bdi', { class: 'name' }, `#${room}`);
      const who = element('span', { class: 'asked' }, words.invitedBy(nameOf(by)));
      const button = element('button', { type: 'button' }, name, ' ', who);
      button.addEventListener('click', () => ask(invitation), { signal });
      const row = element('li', {}, button);
      rows.set(room, { row, unsay: say(words.invitedTo(nameOf(by), `#${room}`)) });
      list.append(row);
      list.hidden = false;
      changed();
    },
    drop,
    /** How many wait. */
    count: () => rows.size,
    /** Whoever has come in has answered. */
    review() {
      for (const room of rooms()) if (rows.has(room)) drop(room);
    },
  };
}
