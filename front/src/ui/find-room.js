// @ts-check
// Finding a room: by its name, or in the list of the public ones that begin as one types.
import { foldRoom, roomNameProblem } from '../core/room-name.js';
import { createDialog, refusal } from './dialog.js';
import { element } from './element.js';

/** A name as one types it, with or without its mark. @param {string} typed */
const bare = (typed) => typed.trim().replace(/^#/, '');

/** @typedef {import('./errand.js').Lined & { publicRooms(among: { prefix: string }, signal: AbortSignal): Promise<{ rooms: { room: string }[], more: boolean }>,
 *   isIn(room: string): boolean, join(room: string, how: { signal: AbortSignal }): Promise<{ name: string }> }} Rooms */

/** A pause in typing, after which the list follows: the server allows two questions a second. */
const PAUSE_MS = 300;

/**
 * @param {{ chat: Rooms, words: typeof import('../words/dialogs-en.js').dialogsEn.rooms, open: (room: string) => void, signal: AbortSignal }} options
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
    chat,
    words,
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
    submit: { words: words.joinIt, act: (wanted) => join(field.value, wanted) },
  });

  /** @param {string} typed @param {AbortSignal} wanted */
  async function join(typed, wanted) {
    const room = foldRoom(bare(typed));
    const problem = roomNameProblem(room);
    if (problem) throw refusal(problem);
    const { name } = await chat.join(room, { signal: wanted });
    wanted.throwIfAborted();
    open(name);
  }

  /** @param {string} room */
  function createRow(room) {
    const isMine = chat.isIn(room);
    const button = element('button', { type: 'button' }, element('bdi', {}, `#${room}`));
    if (isMine) button.append(element('span', { class: 'mine' }, words.joined));
    button.addEventListener('click', () => void dialog.run((wanted) => join(room, wanted)));
    return element('li', {}, button);
  }

  /** @param {AbortSignal} wanted */
  async function look(wanted) {
    const typed = field.value;
    const prefix = bare(typed);
    // What was typed meanwhile is looked for by itself.
    const isLast = () => !wanted.aborted && field.value === typed;
    const problem = prefix === '' ? null : roomNameProblem(foldRoom(prefix));
    if (problem) {
      list.replaceChildren();
      note.textContent = words.problems[problem];
      return;
    }
    const looking = () => {
      if (isLast())
        note.textContent = chat.status().state === 'live' ? words.loadingRooms : words.waits;
    };
    /** @param {string[]} rooms @param {string} told */
    const show = (rooms, told) => {
      if (!isLast()) return;
      list.replaceChildren(...rooms.map(createRow));
      note.textContent = told;
    };
    const stop = chat.on('status', looking);
    looking();
    try {
      const { rooms, more } = await chat.publicRooms({ prefix }, wanted);
      const none = prefix === '' ? words.noPublicRooms : words.noneBegins;
      const told = more ? words.morePublicRooms : rooms.length > 0 ? '' : none;
      show(
        rooms.map(({ room }) => room),
        told,
      );
    } catch {
      show([], words.problems.other);
    } finally {
      stop();
    }
  }

  let opening = signal;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const rest = () => clearTimeout(pause);
  field.addEventListener(
    'input',
    () => {
      rest();
      pause = setTimeout(() => void look(opening), PAUSE_MS);
    },
    { signal },
  );
  signal.addEventListener('abort', rest);

  return {
    open() {
      field.value = '';
      list.replaceChildren();
      opening = dialog.open();
      void look(opening);
    },
  };
}
