// @ts-check
// One conversation on the screen: its views, made when it is opened and ended together when another is.
import { clock } from './ports/clock.js';
import { createAnnouncements } from './ui/announcements.js';
import { createComposer } from './ui/composer.js';
import { find } from './ui/element.js';
import { createMessageList } from './ui/message-list.js';
import { createPeoplePanel } from './ui/people-panel.js';
import { createTypingLine } from './ui/typing-line.js';

/** @typedef {import('./core/room-face.js').RoomFace} RoomFace */

/** @typedef {{ head: string, to: string }} Title as core/room-entries.js has it */

/** The last that failed goes back to where one writes, and out of the list. @param {RoomFace} room */
function takeBack(room) {
  const last = room.items().findLast(({ state }) => state === 'failed' || state === 'held');
  if (last) room.discard(last.messageId);
  return last?.text ?? null;
}

/**
 * @param {{ chat: ReturnType<typeof import('./core/chat.js').connect>, room: RoomFace, title: Title,
 *   words: import('./words/words.js').Catalogue, locale: string, draft: import('./ui/draft.js').Draft,
 *   notSent: (error: unknown) => void, say: (words: string) => void, writeTo: (userId: string) => void }} options
 */
export function openConversation(options) {
  const { chat, room, title, words, locale, draft, notSent, writeTo } = options;
  const life = new AbortController();
  const root = find(document, '.conversation', HTMLElement);
  const head = find(root, '.room-title', HTMLElement);

  /** @param {Title} next */
  function titled(next) {
    head.textContent = next.head;
    root.setAttribute('aria-label', words.shell.conversation(next.head));
    composer.titled(next.to);
  }

  const timeline = createMessageList({ root, retry: room.retry, discard: room.discard });
  const composer = createComposer({
    root: find(root, '.composer', HTMLFormElement),
    name: room.name,
    title: title.to,
    say(text) {
      const said = room.say(text);
      said.then(timeline.toBottom, notSent);
      return said;
    },
    draft,
    unsent: () => takeBack(room),
    members: room.roster,
    typing: room.typing,
    trouble: notSent,
    words: words.composer,
    signal: life.signal,
  });
  titled(title);
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
  const people = { room, words: words.people, signal: life.signal };
  createPeoplePanel({
    ...people,
    root: find(document, '.people-panel', HTMLElement),
    me: chat.me,
    open: writeTo,
    locale,
  });
  createTypingLine({ ...people, root: find(root, '.typing-line', HTMLElement) });
  createAnnouncements({ ...people, root: find(document, '.announcements', HTMLElement), clock });
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
