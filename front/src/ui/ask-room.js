// @ts-check
// Asks before a room is joined that a link names, or that somebody invites to; an invitation may be declined for good.
import { createDialog } from './dialog.js';
import { element } from './element.js';

/** @typedef {{ room: string, isPrivate: boolean | null }} Asked isPrivate: null while it is not known */

/**
 * @param {{ chat: import('./errand.js').Lined & { join(room: string, how: { signal: AbortSignal }): Promise<{ name: string }>, leave(room: string, wanted: AbortSignal): Promise<unknown> },
 *   isListed: (room: string, wanted: AbortSignal) => Promise<boolean>, open: (room: string) => void, done: (room: string) => void,
 *   words: typeof import('../words/dialogs-en.js').dialogsEn.rooms, signal: AbortSignal }} options
 *   isListed: whether it is a public room; done: its invitation is none any more
 */
export function createAskRoom({ chat, isListed, open, done, words, signal }) {
  let asked = '';
  let isSure = false;
  const help = element('p', { class: 'help', role: 'status' });
  const decline = element('button', { type: 'button', class: 'decline' });
  const dialog = createDialog({
    ...{ chat, words, signal },
    name: 'ask',
    title: '',
    body: [help],
    submit: { words: words.joinIt, act: join },
    other: decline,
  });

  decline.addEventListener('click', () => {
    if (!isSure) return doubt(false);
    void dialog.run(async (wanted) => {
      const room = asked;
      await chat.leave(room, wanted);
      done(room);
    });
  });

  /** Nobody takes it back: declining takes a second press. @param {boolean} again */
  function doubt(again) {
    isSure = !again;
    decline.replaceChildren(again ? words.declineIt : words.declineForGood);
    decline.classList.toggle('alarming', isSure);
    if (isSure) help.replaceChildren(words.declineHelp);
  }

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

  /** @param {Asked} about */
  function title({ room, isPrivate }) {
    const name = isPrivate === false ? `#${room}` : room;
    dialog.titled(words.askTitle(name), isPrivate === true);
  }

  /** @param {Asked} about @param {string} why @param {boolean} isInvited */
  function ask(about, why, isInvited) {
    asked = about.room;
    title(about);
    help.replaceChildren(why);
    doubt(true);
    decline.hidden = !isInvited;
    dialog.submit.className = 'save';
    return dialog.open();
  }

  /** Joining what is not there is tried only by who knows better. @param {string} room @param {AbortSignal} opening */
  async function look(room, opening) {
    const isThere = await isListed(room, opening).catch(
      // No room has a name that is none; else the server did not tell.
      (error) => !(error instanceof Error && error.name === 'BadField') && null,
    );
    if (opening.aborted) return;
    title({ room, isPrivate: isThere ? false : null });
    help.replaceChildren(isThere === false ? words.askUnknown : words.askHelp);
    dialog.submit.className = isThere === false ? '' : 'save';
    if (isThere === false && document.activeElement === dialog.submit) dialog.cancel.focus();
  }

  return {
    /** @param {string} room @returns {AbortSignal} until it is answered */
    linked(room) {
      const opening = ask({ room, isPrivate: null }, words.askLooks, false);
      void look(room, opening);
      return opening;
    },
    /** @param {Asked} about @param {string} why says who invites @returns {AbortSignal} until it is answered */
    invited: (about, why) => ask(about, why, true),
  };
}
