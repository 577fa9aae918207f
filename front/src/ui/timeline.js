// @ts-check
// The timeline of one room: what the room knows becomes rows, at most once a frame, and the reader stays in place.
import { createRowWindow } from '../core/row-window.js';
import { createCameAndWent } from './came-and-went.js';
import { watchCopying } from './copying.js';
import { createFloatingDay } from './floating-day.js';
import { createLogFrame } from './log-frame.js';
import { createMessageList } from './message-list.js';
import { createPaging } from './paging.js';
import { createPill } from './pill.js';
import { watchRowActions } from './row-actions.js';
import { createScroll } from './scroll.js';
import { createSight } from './sight.js';
import { createUnreadLine } from './unread-line.js';
import { createWhen } from './when.js';

/** One look at the date after another: midnight comes, a machine sleeps, the server tells another time. */
const LOOK_MS = 1_000;

/**
 * @param {{ root: HTMLElement, room: import('../core/room-face.js').RoomFace, me: () => { userId: string },
 *   words: import('./log-frame.js').Words, signedOut: HTMLElement, isSignedOut: () => boolean, isLive: () => boolean, locale: string, readUpTo: number, seen: (seq: number) => void,
 *   edit: (text: string) => void, say: import('./notice.js').Say, named: () => import('./message-text.js').Named, openPerson: (userId: string) => void,
 *   now: () => number, signal: AbortSignal }} options
 *   signedOut: shown when nobody is signed in and nothing was written; readUpTo: the seq read before; seen: the newest is in view and looked at; edit: a failed message's words, to be
 *   written anew; named: whom a message may name; now: milliseconds by the server's clock
 */
export function createTimeline(options) {
  const { room, me, words, isSignedOut, isLive, locale, readUpTo, seen, named, now, signal } =
    options;
  const { log, list, pill: button, show, above } = createLogFrame(options);
  const when = createWhen({ locale, words, now });
  const rows = createMessageList({ list, means: { words, when, named, isLive } });
  const floatingDay = createFloatingDay({
    ...{ root: options.root, log, list, when },
    itemOf: rows.itemOf,
  });
  const rowWindow = createRowWindow();
  const unread = createUnreadLine(readUpTo);
  const isWhole = () => !rowWindow.hasBelow();
  const scroll = createScroll({ log, list, isWhole, moved, signal });
  const pill = createPill({ pill: button, words, jump, signal });
  const paging = createPaging({ room, log, words, above, arrived: () => schedule() });
  const comings = createCameAndWent({ room, words, changed: () => schedule(), signal });
  const sight = createSight({ room, scroll, unread, seen, signal });
  let frame = 0;
  let today = 0;
  /** @type {'up' | 'down' | null} where more of what is known shall have rows */
  let more = null;

  /** @param {'up' | 'down' | null} [towards] */
  function schedule(towards = null) {
    more = towards ?? more;
    frame ||= requestAnimationFrame(draw);
  }

  function draw() {
    cancelAnimationFrame(frame);
    frame = 0;
    // A page or a send may be answered after another room was opened: here nobody looks any more.
    if (signal.aborted) return;
    today = when.today();
    const items = room.items();
    unread.answered(items);
    const keys = items.map(({ messageId }) => messageId);
    const isGreeted = me().userId !== '';
    if (isGreeted && items.length === 0) paging.older();
    scroll.keepPlace(() => {
      let place = rowWindow.place(keys, scroll.sticking());
      if (more && !scroll.sticking()) place = rowWindow[more](keys);
      rows.show({ items, ...place, unread: unread.firstOf(items) }, comings.below);
      if (items.length > 0) show('said');
      else if (isSignedOut()) show('signed-out');
      else show(isGreeted && !paging.isAsking() ? 'quiet' : 'loading');
    });
    more = null;
    paging.settled();
    moved();
  }

  /** The reader moved, or what is read did. */
  function moved() {
    pill.away(!scroll.sticking());
    floatingDay.show(!scroll.sticking());
    if (me().userId !== '' && scroll.nearTop() && !rowWindow.hasAbove()) paging.older();
    else if (scroll.sticking()) paging.newest();
    else if (scroll.nearTop() && rowWindow.hasAbove()) schedule('up');
    else if (scroll.nearBottom() && rowWindow.hasBelow()) schedule('down');
    sight.look();
  }

  function toBottom() {
    scroll.stick();
    draw();
  }

  function jump() {
    toBottom();
    log.focus({ preventScroll: true });
  }

  watchRowActions({ ...options, log, itemOf: rows.itemOf });
  watchCopying({ log, itemOf: rows.itemOf, when, signal });
  const stops = [
    room.on('changes', () => schedule()),
    room.on('presence', () => schedule()),
    room.on('arrived', (item) => {
      pill.arrived();
      if (sight.isVisible() && scroll.sticking()) unread.watched(item.seq, room.items());
      else unread.missed(item.seq);
    }),
  ];
  const timer = setInterval(() => {
    if (when.today() !== today) schedule();
  }, LOOK_MS);
  signal.addEventListener('abort', () => {
    cancelAnimationFrame(frame);
    clearInterval(timer);
    for (const stop of stops) stop();
  });
  draw();
  return { toBottom, draw };
}
