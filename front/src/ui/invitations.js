// @ts-check
// Invitations that wait, below the rooms at the side: nobody is taken anywhere, nor interrupted, because somebody asks.
import { element, find } from './element.js';

/** @typedef {import('../core/frame.js').Invitation} Invitation */

/** Beyond as many, what strangers ask is left away until some are answered. */
const MOST = 10;

/**
 * @param {{ root: ParentNode, rooms: () => string[], nameOf: (userId: string) => string, ask: (invitation: Invitation) => void, changed: () => void,
 *   words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 *   rooms: those one is in; ask: what the invitation's button does
 */
export function createInvitations({ root, rooms, nameOf, ask, changed, words, signal }) {
  const list = find(root, '.invitations', HTMLUListElement);
  /** @type {Map<string, HTMLLIElement>} */
  const rows = new Map();
  signal.addEventListener('abort', () => list.replaceChildren());

  /** @param {string} room */
  function drop(room) {
    rows.get(room)?.remove();
    rows.delete(room);
    list.hidden = rows.size === 0;
    changed();
  }

  return {
    /** @param {Invitation} invitation @returns {boolean} whether it is new */
    add(invitation) {
      const { room, by } = invitation;
      if (rows.has(room) || rows.size >= MOST) return false;
      const name = element('bdi', { class: 'name' }, `#${room}`);
      const who = element('span', { class: 'asked' }, words.invitedBy(nameOf(by)));
      const button = element('button', { type: 'button' }, name, ' ', who);
      button.addEventListener('click', () => ask(invitation), { signal });
      const row = element('li', {}, button);
      rows.set(room, row);
      list.append(row);
      list.hidden = false;
      changed();
      return true;
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
