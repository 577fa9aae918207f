// @ts-check
// Making a room: its name, and whether everybody may find it.
import { foldRoom, roomNameProblem } from '../core/room-name.js';
import { createDialog, refusal } from './dialog.js';
import { element } from './element.js';

/** @typedef {import('./errand.js').Lined & { publicRooms(among: { prefix: string }, signal: AbortSignal): Promise<{ rooms: { room: string }[] }>, isIn(room: string): boolean,
 *   join(room: string, how: { create?: boolean, visibility?: 'public' | 'private', signal: AbortSignal }): Promise<{ name: string }> }} Rooms */

/**
 * @param {{ chat: Rooms, words: typeof import('../words/dialogs-en.js').dialogsEn.rooms, open: (room: string) => void, signal: AbortSignal }} options
 */
export function createCreateRoom({ chat, words, open, signal }) {
  const field = element('input', {
    id: 'create-room',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    dir: 'auto',
    'aria-describedby': 'create-problem create-help create-becomes',
  });
  const becomes = element('p', { class: 'help becomes', id: 'create-becomes', role: 'status' });
  const isPrivate = element('input', { type: 'radio', name: 'visibility', value: 'private' });
  const isPublic = element('input', { type: 'radio', name: 'visibility', value: 'public' });
  const dialog = createDialog({
    name: 'create',
    title: words.createTitle,
    body: [
      element('label', { for: 'create-room' }, words.createName),
      field,
      becomes,
      element('p', { class: 'help', id: 'create-help' }, words.createHelp),
      element('label', { class: 'choice' }, isPublic, words.createPublic),
      element('label', { class: 'choice' }, isPrivate, words.createPrivate),
    ],
    submit: { words: words.createIt, act: create },
    ...{ chat, words, signal },
  });

  /** @param {AbortSignal} wanted */
  async function create(wanted) {
    const room = named();
    const problem = roomNameProblem(room);
    if (problem) throw refusal(problem);
    const go = async () => open(room);
    if (chat.isIn(room)) throw refusal('AlreadyIn', { words: words.openIt, act: go });
    // To create what is there would join it, and somebody's private room would be everybody's.
    const known = await chat.publicRooms({ prefix: room }, wanted);
    if (known.rooms.some((one) => one.room === room))
      throw refusal('RoomTaken', { words: words.joinIt, act: (still) => join(room, still) });
    const visibility = isPrivate.checked ? 'private' : 'public';
    const made = await chat
      .join(room, { create: true, visibility, signal: wanted })
      .catch((error) => {
        // A private room of others has the name, or another room looks like it, or it is reserved.
        throw error instanceof Error && error.name === 'NoSuchRoom' ? refusal('NameTaken') : error;
      });
    wanted.throwIfAborted();
    open(made.name);
  }

  /** @param {string} room @param {AbortSignal} wanted */
  async function join(room, wanted) {
    const { name } = await chat.join(room, { signal: wanted });
    wanted.throwIfAborted();
    open(name);
  }

  /** What the room will be called. */
  const named = () => foldRoom(field.value.trim().replace(/^#/, ''));

  /** Says so where it is other than what was typed. */
  function show() {
    const room = named();
    const isOther = room !== field.value.trim().replace(/^#/, '') && roomNameProblem(room) === null;
    becomes.replaceChildren(...(isOther ? words.becomes(element('bdi', {}, room)) : []));
  }

  field.addEventListener('input', show, { signal });

  return {
    open() {
      field.value = '';
      isPublic.checked = true;
      show();
      dialog.open();
    },
  };
}
