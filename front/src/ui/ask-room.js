// @ts-check
// Asks before a room is joined that a link names, or that somebody invites to; an invitation may be declined for good.
import { createDialog } from './dialog.js';
import { element } from './element.js';

/**
 * @param {{ chat: import('./errand.js').Lined & { join(room: string, how: { signal: AbortSignal }): Promise<{ name: string }>, leave(room: string, wanted: AbortSignal): Promise<unknown> },
 *   open: (room: string) => void, done: (room: string) => void, words: typeof import('../words/dialogs-en.js').dialogsEn.rooms, signal: AbortSignal }} options
 *   done: its invitation is none any more
 */
export function createAskRoom({ chat, open, done, words, signal }) {
  let asked = '';
  const help = element('p', { class: 'help' });
  const decline = element('button', { type: 'button', class: 'decline' }, words.declineIt);
  const dialog = createDialog({
    name: 'ask',
    title: '',
    body: [help],
    submit: words.joinIt,
    other: decline,
    chat,
    words,
    signal,
    act: join,
  });
  decline.addEventListener(
    'click',
    () =>
      void dialog.run(async (wanted) => {
        const room = asked;
        await chat.leave(room, wanted);
        done(room);
      }),
  );

  /** @param {AbortSignal} wanted */
  async function join(wanted) {
    const room = asked;
    try {
      const { name } = await chat.join(room, { signal: wanted });
      wanted.throwIfAborted();
      open(name);
    } catch (error) {
      // Whoever invited has taken it back.
      if (error instanceof Error && error.name === 'NoSuchRoom') done(room);
      throw error;
    }
  }

  /** @param {string} room @param {string} why @param {boolean} isInvited */
  function ask(room, why, isInvited) {
    asked = room;
    dialog.title.replaceChildren(words.askTitle(`#${room}`));
    help.replaceChildren(why);
    decline.hidden = !isInvited;
    return dialog.open();
  }

  return {
    /** @param {string} room @returns {AbortSignal} until it is answered */
    linked: (room) => ask(room, words.askHelp, false),
    /** @param {string} room @param {string} why says who invites */
    invited: (room, why) => void ask(room, why, true),
  };
}
