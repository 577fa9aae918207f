// @ts-check
// One conversation on the screen: its views, made when it is opened and ended together when another is.
import { mentionable } from './core/mentionable.js';
import { partnerFrom } from './core/partner.js';
import { isDirect, partnerOf } from './core/room-name.js';
import { isStuck } from './core/stuck.js';
import { clock } from './ports/clock.js';
import { createAnnouncements } from './ui/announcements.js';
import { createComposer } from './ui/composer.js';
import { element, find } from './ui/element.js';
import { createIcon } from './ui/icon.js';
import { createPartnerLine } from './ui/partner-line.js';
import { createPeoplePanel } from './ui/people-panel.js';
import { createSignedOut } from './ui/signed-out.js';
import { createTimeline } from './ui/timeline.js';
import { createTypingLine } from './ui/typing-line.js';

/** @typedef {import('./core/room-face.js').RoomFace} RoomFace */

/** @typedef {{ head: string, to: string, isPrivate: boolean }} Title as core/room-entries.js has it */

/** The last that failed goes back to where one writes, and out of the list. @param {RoomFace} room */
function takeBack(room) {
  const last = room.items().findLast(isStuck);
  if (last) room.discard(last.messageId);
  return last?.text ?? null;
}

/**
 * @param {{ chat: ReturnType<typeof import('./core/chat.js').connect>, user: () => string, room: RoomFace, title: Title,
 *   words: import('./words/words.js').Catalogue, locale: string, draft: import('./ui/draft.js').Draft, readUpTo: number, seen: (seq: number) => void,
 *   notSent: (error: unknown) => void, say: import('./ui/notice.js').Say, writeTo: (userId: string) => void, signIn: () => void, isNobody: boolean }} options
 *   user: one's userId, as it was last before a server has told it; isNobody: people sign in, and nobody has
 */
export function openConversation(options) {
  const { chat, user, room, title, words, locale, draft, readUpTo, seen } = options;
  const { notSent, writeTo, signIn, isNobody } = options;
  const life = new AbortController();
  const root = find(document, '.conversation', HTMLElement);
  const head = find(root, '.room-title', HTMLElement);
  const peopleButton = find(root, '.open-people', HTMLElement);

  let called = title;

  /** @param {Title} next */
  function titled(next) {
    called = next;
    const isPrivate = element('span', { class: 'hushed' }, words.shell.isPrivate);
    const locked = next.isPrivate ? [createIcon('lock'), ' ', next.head, ' ', isPrivate] : [];
    head.replaceChildren(...(next.isPrivate ? locked : [next.head]));
    root.setAttribute('aria-label', words.shell.conversation(next.head));
    composer.titled(next.to);
    partnerLine.show();
    if (partner) panel.show();
    const count = room.count();
    peopleButton.setAttribute(
      'aria-label',
      count > 0 ? words.shell.here(count) : words.shell.people,
    );
    find(peopleButton, '.people-count', HTMLElement).textContent = count > 0 ? String(count) : '';
  }

  const timeline = createTimeline({
    root: find(root, '.timeline', HTMLElement),
    room,
    me: chat.me,
    words: isDirect(room.name)
      ? { ...words.timeline, quietHint: words.timeline.quietDirect }
      : words.timeline,
    signedOut: createSignedOut({ words: words.line, signIn }),
    isSignedOut: () => chat.status().state === 'signed-out',
    isLive: () => chat.status().state === 'live',
    locale,
    readUpTo,
    seen,
    edit: (text) => composer.put(text),
    say: options.say,
    named: () => ({
      me: chat.me().nickname,
      others: mentionable(room, chat.me().userId).map(({ nickname }) => nickname),
      rooms: chat.rooms().filter((name) => !isDirect(name)),
    }),
    openPerson: writeTo,
    now: chat.now,
    signal: life.signal,
  });
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
    members: () => mentionable(room, chat.me().userId),
    typing: room.typing,
    trouble: notSent,
    words: words.composer,
    signal: life.signal,
  });
  const people = { room, words: words.people, now: chat.now, signal: life.signal };
  const partner = isDirect(room.name)
    ? () =>
        partnerFrom(
          { userId: partnerOf(room.name, user()), nickname: called.head },
          chat.rooms().map((name) => chat.room(name).roster()),
        )
    : null;
  const partnerLine = createPartnerLine({ ...people, root, partner, locale });
  const panel = createPeoplePanel({
    ...people,
    root: find(document, '.people-panel .people', HTMLElement),
    members: () => (partner ? [partner()] : room.roster()),
    me: chat.me,
    open: writeTo,
    locale,
  });
  titled(title);
  life.signal.addEventListener('abort', chat.on('status', timeline.draw));
  createTypingLine({ ...people, root: find(root, '.typing-line', HTMLElement) });
  createAnnouncements({ ...people, root: find(document, '.announcements', HTMLElement), clock });
  // A touch screen's keyboard would cover half of what one came to read. Who is signed out signs in first.
  if (matchMedia('(hover: hover)').matches && !isNobody) composer.focus();
  return {
    name: room.name,
    titled,
    isWriting: () => find(root, 'textarea', HTMLTextAreaElement).value !== '',
    close: () => life.abort(),
  };
}
