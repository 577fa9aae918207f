// @ts-check
// One conversation on the screen: its views, made when it is opened and ended together when another is.
import { compose } from './core/composition.js';
import { createComposer } from './ui/composer.js';
import { find } from './ui/element.js';
import { createMessageList } from './ui/message-list.js';

/** @typedef {import('./core/room-face.js').RoomFace} RoomFace */

/** @typedef {{ head: string, to: string }} Title as core/room-entries.js has it */

/**
 * @param {{ chat: ReturnType<typeof import('./core/chat.js').connect>, room: RoomFace, title: Title,
 *   words: import('./words/words.js').Catalogue, locale: string, draft: { read(): unknown, write(value: unknown): void },
 *   notSent: (error: unknown) => void, say: (words: string) => void }} options
 */
export function openConversation({ room, title, words, draft, notSent }) {
  const life = new AbortController();
  const root = find(document, '.conversation', HTMLElement);
  const head = find(root, '.room-title', HTMLElement);
  titled(title);

  /** @param {Title} next */
  function titled(next) {
    head.textContent = next.head;
    root.setAttribute('aria-label', words.shell.conversation(next.head));
  }

  const timeline = createMessageList({ root, retry: room.retry, discard: room.discard });
  const composer = createComposer({
    root,
    room: room.name,
    draft,
    say(text) {
      if (compose(text, room.name).problem) return null;
      const said = room.say(text);
      said.then(timeline.toBottom, notSent);
      return said;
    },
  });
  timeline.apply(
    room.items().map((item) => ({
      kind: /** @type {const} */ ('place'),
      key: item.messageId,
      item,
      before: null,
      opensDay: false,
      opensGroup: true,
    })),
  );
  const stops = [
    room.on('changes', (changes) => timeline.apply(changes)),
    room.on('arrived', () => timeline.arrived()),
  ];
  life.signal.addEventListener('abort', () => {
    for (const stop of stops) stop();
  });
  return {
    name: room.name,
    titled,
    focus: composer.focus,
    close: () => life.abort(),
  };
}
