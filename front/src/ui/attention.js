// @ts-check
// Calls for attention, and no more of it than is due: a count in the title, and one notification for a burst while nobody looks.
import { createBursts } from '../core/bursts.js';
import { shownNickname } from '../core/nickname.js';
import { isDirect } from '../core/room-name.js';
import { countText, isFor } from '../core/unread.js';
import { createUnreadWatch } from '../core/unread-watch.js';

/** @typedef {import('../core/timeline.js').Item} Item */
/** @typedef {{ room: string, item: Item }} Arrival */

const LONGEST = 200;

/**
 * @param {{ chat: ReturnType<typeof import('../core/chat.js').connect>, cursors: import('../ports/read-cursors.js').ReadCursors,
 *   clock: import('../core/line.js').Clock, notifier: import('../ports/notify.js').Notifier, isLookedAt: () => Promise<boolean>,
 *   wish: { read(): unknown, write(value: unknown): void }, titleOf: (room: string) => string, open: (room: string) => void,
 *   words: import('../words/words.js').Catalogue['attention'], trouble: (error: unknown) => void, signal: AbortSignal }} options
 *   isLookedAt: in any tab; wish: whether notifications were asked for; open: the room that a notification was for
 */
export function createAttention(options) {
  const { chat, cursors, clock, notifier, isLookedAt, wish, titleOf, open, words, trouble } =
    options;
  const { signal } = options;
  const icon = document.querySelector('link[rel="icon"]');
  const { title: plain } = document;
  let bare = plain;

  /** @param {Item} item */
  const isForMe = ({ text }) => isFor(chat.me().nickname, text);

  const bursts = createBursts({
    clock,
    tell: (/** @type {string} */ _key, /** @type {Arrival[]} */ arrivals) =>
      void notify(arrivals).catch(trouble),
  });
  const watch = createUnreadWatch({ chat, cursors, clock, failed: trouble, came });

  /** @param {string} room @param {Item} item */
  function came(room, item) {
    if (document.visibilityState === 'visible') return;
    // What is for me is not lost in a burst of other things.
    bursts.heard(`${isForMe(item) ? '@' : ''}${room}`, { room, item });
  }

  /** @param {Arrival[]} arrivals */
  async function notify(arrivals) {
    if (wish.read() !== true || !notifier.isAllowed()) return;
    // Of many hidden tabs one speaks, and none while another is looked at.
    if (!chat.status().leads || (await isLookedAt())) return;
    const unread = arrivals.filter(({ room, item }) => (item.seq ?? 0) > (cursors.read(room) ?? 0));
    const last = unread.at(-1);
    if (!last) return;
    const { room, item } = last;
    const name = shownNickname(item.nickname);
    const from = isForMe(item) ? words.mentioned : words.from;
    const title = isDirect(room) ? name : from(name, titleOf(room));
    const body = unread.length > 1 ? words.many(unread.length) : item.text.slice(0, LONGEST);
    notifier.show({ title, body, tag: `hubbub ${room}` }, () => open(room));
  }

  function show() {
    const total = watch.total();
    const isAny = total.count > 0;
    document.title = isAny ? words.title(countText(total), bare) : bare;
    icon?.setAttribute('href', isAny ? 'icon-unread.svg' : 'icon.svg');
  }

  function look() {
    if (document.visibilityState !== 'visible') return;
    bursts.calm();
    notifier.clear();
  }

  watch.on(show);
  cursors.on((room) => {
    for (const name of room === null ? chat.rooms() : [room]) watch.touch(name);
  }, signal);
  document.addEventListener('visibilitychange', look, { signal });
  signal.addEventListener('abort', () => {
    bursts.calm();
    watch.close();
    document.title = plain;
  });
  show();
  return {
    unread: watch.unread,
    total: watch.total,
    readUpTo: watch.readUpTo,
    read: watch.read,
    on: watch.on,
    /** @param {string} room the title of the one that is open */
    titled(room) {
      bare = `${room} · ${plain}`;
      show();
    },
    /** @type {import('./settings.js').Notifying} */
    notifying: {
      isOn: () => wish.read() === true && notifier.isAllowed(),
      async turn(on) {
        const isOn = on && (await notifier.ask());
        wish.write(isOn || null);
        return isOn;
      },
    },
  };
}
