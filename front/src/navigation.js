// @ts-check
// Which conversation is open: the one of a click, of the address, of the last visit, else the lobby.
import { LOBBY } from './core/room-entries.js';
import { hashOfRoom, roomOfHash } from './core/room-hash.js';
import { isDirect, partnerOf } from './core/room-name.js';

/** Nobody looks at an empty page for longer because the room that was open is not known yet. */
const PATIENCE_MS = 2_000;

/**
 * @param {{ chat: ReturnType<typeof import('./core/chat.js').connect>, clock: import('./core/line.js').Clock,
 *   last: { read(): unknown, write(value: unknown): void }, opened: (name: string) => void, ask: (name: string) => void, lost: (name: string) => void,
 *   isWriting: () => boolean, signal: AbortSignal }} options
 *   ask: whether to join the room that a link names; lost: one is no longer in the room of the last visit; isWriting: who writes is not taken elsewhere
 */
export function createNavigation({ chat, clock, last, opened, ask, lost, isWriting, signal }) {
  const linked = roomOfHash(location.hash);
  const left = last.read();
  /** @type {string | null} to be opened as soon as it is there */
  let wanted = linked ?? String(left ?? LOBBY);
  /** @type {string | null} */
  let current = null;
  const cancel = clock.after(PATIENCE_MS, stay);
  signal.addEventListener('abort', cancel);

  /** @param {string} name of a room that is there */
  function open(name) {
    if (name === current) return;
    const isFirst = current === null;
    current = name;
    if (roomOfHash(location.hash) !== name && (wanted === null || wanted === name)) {
      if (isFirst) history.replaceState(null, '', hashOfRoom(name));
      else history.pushState(null, '', hashOfRoom(name));
    }
    opened(name);
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
      if (name === left && !isDirect(name)) lost(name);
      else if (name === linked || name === roomOfHash(location.hash)) ask(name);
    }
  }

  function followLink() {
    const name = roomOfHash(location.hash);
    if (name === null || name === current) return;
    if (chat.rooms().includes(name)) go(name);
    else if (!isDirect(name)) ask(name);
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
