// @ts-check
// Which conversation is open: the one of a click, of the address, of the last visit, else the lobby.
import { LOBBY } from './core/room-entries.js';
import { hashOfRoom, roomOfHash } from './core/room-hash.js';
import { isDirect, partnerOf } from './core/room-name.js';

/** Nobody looks at an empty page for longer because the room that was open is not known yet. */
const PATIENCE_MS = 2_000;
/** Marks the address of what was open here, in the history: whoever goes back to it follows no link. */
const OPENED = 'opened';
const isLink = () => history.state !== OPENED;

/** The fragment of a link that was followed here; empty where the page itself put it. */
export const linkHere = () => (isLink() ? location.hash : '');

/**
 * @param {{ chat: ReturnType<typeof import('./core/chat.js').connect>, clock: import('./core/line.js').Clock,
 *   last: { read(): unknown, write(value: unknown): void }, opened: (name: string) => void, ask: (name: string) => AbortSignal,
 *   isWriting: () => boolean, signal: AbortSignal }} options
 *   ask: whether to join the room that a link names, until the signal; isWriting: who writes is not taken elsewhere
 */
export function createNavigation({ chat, clock, last, opened, ask, isWriting, signal }) {
  const named = roomOfHash(location.hash);
  const linked = isLink() ? named : null;
  /** @type {string | null} to be opened as soon as it is there */
  let wanted = named ?? String(last.read() ?? LOBBY);
  /** @type {string | null} */
  let current = null;
  const cancel = clock.after(PATIENCE_MS, stay);
  signal.addEventListener('abort', cancel);

  /** The address names the room that is open. @param {'pushState' | 'replaceState'} put */
  function stand(put = 'replaceState') {
    if (current === null) return;
    if (roomOfHash(location.hash) === current) history.replaceState(OPENED, '');
    else history[put](OPENED, '', hashOfRoom(current));
  }

  /** @param {string} name of a room that is there */
  function open(name) {
    if (name === current) return;
    const isFirst = current === null;
    current = name;
    if (wanted === null || wanted === name) stand(isFirst ? 'replaceState' : 'pushState');
    opened(name);
  }

  /** @param {string} name that a link names */
  function askFor(name) {
    ask(name).addEventListener('abort', () => stand(), { once: true, signal });
  }

  /** Where one is; first in the lobby. What is wanted may still come. */
  function stay() {
    if (current === null) open(LOBBY);
  }

  /** @param {string} name */
  function go(name) {
    wanted = null;
    last.write(name);
    open(name);
  }

  /** Every room is known now. */
  function settle() {
    const name = wanted;
    const me = chat.me().userId;
    if (name === null || me === '') return;
    const partner = isDirect(name) ? partnerOf(name, me) : '';
    if (chat.rooms().includes(name)) go(name);
    else if (isDirect(name) && name.includes(me) && partner !== '') go(chat.direct(partner).name);
    else {
      go(LOBBY);
      if (name === linked) askFor(name);
      else stand();
    }
  }

  function followLink() {
    const name = roomOfHash(location.hash);
    if (name === null || name === current) return;
    if (chat.rooms().includes(name)) go(name);
    else if (isLink() && !isDirect(name)) askFor(name);
    else stand();
  }

  window.addEventListener('popstate', followLink, { signal });
  return {
    current: () => current,
    go,
    stay,
    settle,
    /** Rooms have come or gone. */
    review() {
      if (current !== null && !chat.rooms().includes(current)) go(LOBBY);
      if (wanted === null || !chat.rooms().includes(wanted)) return;
      if (current === null || !isWriting()) go(wanted);
    },
  };
}
