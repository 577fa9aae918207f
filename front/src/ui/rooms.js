// @ts-check
// The list at the side: rooms and direct conversations, which one is open, what is unread, who is there.
import { countText } from '../core/unread.js';
import { createAvatar, updateAvatar } from './avatar.js';
import { element, find } from './element.js';
import { createIcon } from './icon.js';

/** @typedef {{ room: string, title: string, partner: { userId: string, nickname: string, online: boolean } | null,
 *   isPrivate: boolean, isCurrent: boolean, unread: { count: number, mentions: number, isMore?: boolean },
 *   isStuck: boolean }} RoomEntry isStuck: something of one's own there was not sent */

/**
 * @param {{ root: ParentNode, words: typeof import('../words/en.js').en.shell, open: (room: string) => void, signal: AbortSignal }} options
 */
export function createRooms({ root, words, open, signal }) {
  const lists = {
    rooms: find(root, '.rooms', HTMLUListElement),
    directs: find(root, '.directs', HTMLUListElement),
  };
  const noDirects = find(root, '.no-directs', HTMLElement);
  /** @type {Map<string, HTMLLIElement>} */
  const rows = new Map();
  /** @type {string | null} the room that is open */
  let current = null;

  /** @param {RoomEntry} entry */
  function createRow({ room, partner }) {
    const face = partner ? createAvatar(partner) : element('span', { class: 'sign' });
    if (!partner) face.setAttribute('aria-hidden', 'true');
    const name = element('bdi', { class: 'name' });
    const unread = element('span', { class: 'unread', hidden: '' });
    const state = element('span', { class: 'hushed state' });
    const stuck = element('span', { class: 'stuck', hidden: '' });
    stuck.append(
      element('span', { 'aria-hidden': 'true' }, '!'),
      element('span', { class: 'hushed' }, words.notSent),
    );
    const button = element('button', { type: 'button' }, face, name, state, stuck, unread);
    const row = element('li', {}, button);
    button.addEventListener('click', () => open(room), { signal });
    rows.set(room, row);
    return row;
  }

  /** @param {HTMLElement} row @param {RoomEntry} entry */
  function update(row, { title, partner, isPrivate, isCurrent, unread, isStuck }) {
    const button = find(row, 'button', HTMLButtonElement);
    find(row, '.name', HTMLElement).replaceChildren(title);
    if (isCurrent) button.setAttribute('aria-current', 'page');
    else button.removeAttribute('aria-current');
    find(row, '.stuck', HTMLElement).hidden = !isStuck;
    const badge = find(row, '.unread', HTMLElement);
    badge.hidden = unread.count === 0 || isCurrent;
    badge.classList.toggle('mentions', unread.mentions > 0);
    badge.replaceChildren(
      element('span', { 'aria-hidden': 'true' }, countText(unread)),
      element('span', { class: 'hushed' }, words.unread(countText(unread), unread.mentions)),
    );
    const state = find(row, '.state', HTMLElement);
    if (!partner) {
      find(row, '.sign', HTMLElement).replaceChildren(isPrivate ? createIcon('lock') : '#');
      state.textContent = isPrivate ? words.isPrivate : '';
      return;
    }
    updateAvatar(find(row, '.avatar', HTMLElement), partner);
    button.dataset.presence = partner.online ? 'online' : 'away';
    state.textContent = partner.online ? words.online : words.away;
  }

  /** Of many rooms the one that was opened is in view; who scrolls on afterwards is not called back. @param {string | null} next */
  function follow(next) {
    if (next === current) return;
    current = next;
    rows.get(next ?? '')?.scrollIntoView({ block: 'nearest' });
  }

  return {
    /** @param {RoomEntry[]} entries in the order to show them */
    show(entries) {
      const kept = new Set(entries.map(({ room }) => room));
      for (const [room, row] of rows)
        if (!kept.has(room)) {
          row.remove();
          rows.delete(room);
        }
      const next = { rooms: lists.rooms.firstChild, directs: lists.directs.firstChild };
      for (const entry of entries) {
        const row = rows.get(entry.room) ?? createRow(entry);
        update(row, entry);
        const list = entry.partner ? 'directs' : 'rooms';
        if (row === next[list]) next[list] = row.nextSibling;
        else lists[list].insertBefore(row, next[list]);
      }
      follow(entries.find(({ isCurrent }) => isCurrent)?.room ?? null);
      noDirects.hidden = lists.directs.childElementCount > 0;
    },
  };
}
