// @ts-check
// The one region that speaks of messages. The log itself is silent: a page of history put into it would be read out whole.
import { createAnnouncer } from '../core/announcer.js';
import { shownNickname } from '../core/nickname.js';

/**
 * Speaks of what others say in the room from now on; of history, of one's own and of what is unsent it hears nothing.
 * @param {{ root: HTMLElement, room: import('../core/room-face.js').RoomFace, clock: import('../core/line.js').Clock,
 *   words: typeof import('../words/en.js').en.people, signal: AbortSignal }} options root: a polite live region
 */
export function createAnnouncements({ root, room, clock, words, signal }) {
  const say = (/** @type {string} */ spoken) => root.replaceChildren(spoken);
  const announcer = createAnnouncer({ clock, say, words });
  const deafen = room.on('arrived', ({ nickname }) => announcer.heard(shownNickname(nickname)));
  root.setAttribute('aria-label', words.announcements);
  root.replaceChildren();
  signal.addEventListener(
    'abort',
    () => {
      deafen();
      announcer.stop();
    },
    { once: true },
  );
}
