// @ts-check
// Quiet lines about who came and who went: between the messages, never stored, and only where one knows everybody.
import { shownNickname } from '../core/nickname.js';
import { element } from './element.js';

/** In a larger room somebody always comes or goes. */
const SMALL_ROOM = 20;
const MOST_LINES = 20;

/**
 * @param {{ room: Pick<import('../core/room-face.js').RoomFace, 'on' | 'count' | 'items'>, changed: () => void,
 *   words: import('./log-frame.js').Words, signal: AbortSignal }} options changed: there is another line
 */
export function createCameAndWent({ room, changed, words, signal }) {
  /** @type {{ after: string, node: HTMLElement }[]} */
  let lines = [];

  /** @param {'came' | 'went'} what */
  const tell = (what) =>
    room.on(what, ({ nickname }) => {
      const after = room.items().findLast(({ seq }) => seq !== null)?.messageId;
      if (after === undefined || room.count() > SMALL_ROOM) return;
      const name = element('bdi', {}, shownNickname(nickname));
      const node = element('li', { class: 'system' }, ...words[what](name));
      lines = [...lines, { after, node }].slice(-MOST_LINES);
      changed();
    });

  const stops = [tell('came'), tell('went')];
  signal.addEventListener('abort', () => {
    for (const stop of stops) stop();
  });
  return {
    /** @param {string} messageId @returns {HTMLElement[]} what stands below it */
    below: (messageId) => lines.filter(({ after }) => after === messageId).map(({ node }) => node),
  };
}
