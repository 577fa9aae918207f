// @ts-check
// Making a room: its name, and whether everybody may find it.
import { foldRoom } from '../core/room-name.js';
import { createDialog, refusal } from './dialog.js';
import { element } from './element.js';

/** @typedef {import('./errand.js').Lined & { publicRooms(among: { prefix: string }, signal: AbortSignal): Promise<{ rooms: { room: string }[] }>, rooms(): string[],
 *   join(room: string, how: { create: boolean, visibility: 'public' | 'private', signal: AbortSignal }): Promise<{ name: string }> }} Rooms */

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
    'aria-describedby': 'create-problem',
  });
  const isPrivate = element('input', { type: 'radio', name: 'visibility', value: 'private' });
  const isPublic = element('input', { type: 'radio', name: 'visibility', value: 'public' });
  const dialog = createDialog({
    name: 'create',
    title: words.createTitle,
    body: [
      element('label', { for: 'create-room' }, words.createName),
      field,
      element('label', { class: 'choice' }, isPublic, words.createPublic),
      element('label', { class: 'choice' }, isPrivate, words.createPrivate),
    ],
    submit: words.createIt,
    act: create,
    ...{ chat, words, signal },
  });

  /** @param {AbortSignal} wanted */
  async function create(wanted) {
    const room = foldRoom(field.value.replace(/^#/, ''));
    if (room === '') throw refusal('BadField');
    // To create what is there would join it, and somebody's private room would be everybody's.
    const known = await chat.publicRooms({ prefix: room }, wanted);
    const taken = [...chat.rooms(), ...known.rooms.map((one) => one.room)];
    if (taken.includes(room)) throw refusal('RoomTaken');
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

  return {
    open() {
      field.value = '';
      isPublic.checked = true;
      dialog.open();
    },
  };
}
