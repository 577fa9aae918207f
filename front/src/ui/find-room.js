// @ts-check
// Finding a room: by its name, or in the list of the public ones. A link's room is asked about here, never joined by itself.
import { createDialog, refusal } from './dialog.js';
import { element } from './element.js';

/** @typedef {import('./errand.js').Lined & { publicRooms(signal: AbortSignal): Promise<{ room: string }[]>, rooms(): string[],
 *   join(room: string, how: { signal: AbortSignal }): Promise<{ name: string }> }} Rooms */

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
  const common = { chat, words, signal };
  const dialog = createDialog({
    ...common,
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
    act: (wanted) => join(field.value, wanted),
  });
  let asked = '';
  const ask = createDialog({
    ...common,
    name: 'ask',
    title: '',
    body: [element('p', { class: 'help' }, words.askHelp)],
    submit: words.joinIt,
    act: (wanted) => join(asked, wanted),
  });

  /** @param {string} typed @param {AbortSignal} wanted */
  async function join(typed, wanted) {
    if (typed.trim() === '') throw refusal('BadField');
    const { name } = await chat.join(typed.trim().replace(/^#/, ''), { signal: wanted });
    wanted.throwIfAborted();
    open(name);
  }

  /** @param {string} room */
  function createRow(room) {
    const isMine = chat.rooms().includes(room);
    const button = element('button', { type: 'button' }, element('bdi', {}, `#${room}`));
    if (isMine) button.append(element('span', { class: 'mine' }, words.joined));
    button.addEventListener('click', () => void dialog.run((wanted) => join(room, wanted)));
    return element('li', {}, button);
  }

  /** @param {AbortSignal} wanted */
  async function look(wanted) {
    const looking = () => {
      note.textContent = chat.status().state === 'live' ? words.loadingRooms : words.waits;
    };
    const stop = chat.on('status', looking);
    looking();
    list.replaceChildren();
    try {
      const rooms = (await chat.publicRooms(wanted)).map(({ room }) => room);
      list.replaceChildren(...rooms.map(createRow));
      note.textContent = rooms.length > 0 ? '' : words.noPublicRooms;
    } catch {
      if (!wanted.aborted) note.textContent = words.problems.other;
    } finally {
      stop();
    }
  }

  return {
    open() {
      field.value = '';
      void look(dialog.open());
    },
    /** @param {string} room that a link names */
    ask(room) {
      asked = room;
      ask.title.replaceChildren(words.askTitle(`#${room}`));
      ask.open();
    },
  };
}
