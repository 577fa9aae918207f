// @ts-check
// Finding a room: by its name, or in the list of the public ones.
import { createDialog, refusal } from './dialog.js';
import { element } from './element.js';

/** @typedef {{ publicRooms(): Promise<{ room: string }[]>, rooms(): string[],
 *   join(room: string): Promise<{ name: string }> }} Rooms */

/**
 * @param {{ chat: Rooms, words: typeof import('../words/en.js').en.shell, open: (room: string) => void, signal: AbortSignal }} options
 */
export function createFindRoom({ chat, words, open, signal }) {
  const field = element('input', {
    id: 'find-room',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    dir: 'auto',
    'aria-describedby': 'find-room-help find-problem',
  });
  const note = element('p', { class: 'help', role: 'status' });
  const list = element('ul', { class: 'public-rooms', 'aria-labelledby': 'public-rooms-title' });
  const dialog = createDialog({
    cancel: words.cancel,
    problems: words.problems,
    signal,
    name: 'find',
    title: words.findTitle,
    body: [
      element('label', { for: 'find-room' }, words.findName),
      field,
      element('p', { class: 'help', id: 'find-room-help' }, words.findHelp),
      element('h3', { id: 'public-rooms-title' }, words.publicRooms),
      list,
      note,
    ],
    submit: words.joinIt,
    act: () => join(field.value),
  });

  /** @param {string} typed */
  async function join(typed) {
    if (typed.trim() === '') throw refusal('BadField');
    open((await chat.join(typed.trim().replace(/^#/, ''))).name);
  }

  /** @param {string} room */
  function createRow(room) {
    const isMine = chat.rooms().includes(room);
    const button = element('button', { type: 'button' }, element('bdi', {}, `#${room}`));
    if (isMine) button.append(element('span', { class: 'mine' }, words.joined));
    button.addEventListener('click', () => void dialog.run(() => join(room)));
    return element('li', {}, button);
  }

  async function look() {
    note.textContent = words.loadingRooms;
    list.replaceChildren();
    try {
      const rooms = (await chat.publicRooms()).map(({ room }) => room);
      list.replaceChildren(...rooms.map(createRow));
      note.textContent = rooms.length > 0 ? '' : words.noPublicRooms;
    } catch {
      note.textContent = words.problems.other;
    }
  }

  return {
    open() {
      field.value = '';
      dialog.open();
      void look();
    },
  };
}
