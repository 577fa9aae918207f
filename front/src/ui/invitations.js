// @ts-check
// Invitations that wait, below the rooms at the side: nobody is taken anywhere, nor interrupted, because somebody asks.
import { element, find } from './element.js';
import { createIcon } from './icon.js';

/** @typedef {import('../core/frame.js').Invitation} Invitation */
/** @typedef {{ room: string, by: string, isPrivate: boolean | null }} Waiting isPrivate: null while it is not known */

/** Beyond as many, what strangers ask is left away until some are answered. */
const MOST = 10;

/**
 * @param {{ root: ParentNode, rooms: () => string[], nameOf: (userId: string) => string, ask: (invitation: Waiting) => void, isListed: (room: string, wanted: AbortSignal) => Promise<boolean>, changed: () => void, say: import('./notice.js').Say,
 *   words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 *   rooms: those one is in; ask: what the invitation's button does; isListed: whether it is a public room
 */
export function createInvitations({ root, rooms, nameOf, changed, say, words, signal, ...doors }) {
  const { ask, isListed } = doors;
  const list = find(root, '.invitations', HTMLUListElement);
  /** @type {Map<string, { row: HTMLLIElement, waiting: Waiting, unsay: () => void }>} */
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
    add({ room, by }) {
      if (rows.has(room) || rows.size >= MOST) return;
      /** @type {Waiting} */
      const waiting = { room, by, isPrivate: null };
      const name = element('bdi', { class: 'name' });
      const called = element('span', { class: 'called' }, name);
      const who = element('span', { class: 'asked' }, words.invitedBy(nameOf(by)));
      const sign = element('span', { class: 'sign' }, createIcon('letter'));
      const about = element('span', { class: 'about' }, called, ' ', who);
      const button = element('button', { type: 'button' }, sign, about);
      const show = () => {
        called.replaceChildren(...(waiting.isPrivate ? [createIcon('lock')] : []), name);
        name.replaceChildren(waiting.isPrivate === false ? `#${room}` : room);
      };
      const act = () => ask(waiting);
      button.addEventListener('click', act, { signal });
      const row = element('li', {}, button);
      const unsay = say(words.invitedTo(nameOf(by), room), { words: words.openIt, act });
      rows.set(room, { row, waiting, unsay });
      show();
      // An invitation does not tell; where nobody else does, the room has no sign.
      isListed(room, signal).then(
        (isPublic) => {
          waiting.isPrivate = !isPublic;
          show();
        },
        () => {},
      );
      list.append(row);
      list.hidden = false;
      changed();
    },
    drop,
    /** @param {string} room @returns {Waiting | undefined} */
    of: (room) => rows.get(room)?.waiting,
    /** How many wait. */
    count: () => rows.size,
    /** Whoever has come in has answered. */
    review() {
      for (const room of rooms()) if (rows.has(room)) drop(room);
    },
  };
}
