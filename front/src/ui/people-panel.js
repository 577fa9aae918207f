// @ts-check
// The people of a room: who is here, then who was seen last. A row is made once for each person and moved, never made anew.
import { arrangePeople } from '../core/people.js';
import { isDirect } from '../core/room-name.js';
import { arrange } from './arrange.js';
import { element } from './element.js';
import { createPersonRow } from './person-row.js';

/** @typedef {import('../core/people.js').Member} Member */

const AGE_MS = 30_000;

/**
 * @param {{ root: HTMLElement, room: import('../core/room-face.js').RoomFace, members: () => Member[], me: () => { userId: string },
 *   open: (userId: string) => void, words: typeof import('../words/en.js').en.people, locale: string, now: () => number, signal: AbortSignal }} options
 *   members: who is to be shown; open: begins a direct conversation
 */
export function createPeoplePanel({
  root,
  room,
  members: who,
  me,
  open,
  words,
  locale,
  now,
  signal,
}) {
  /** @type {Map<string, ReturnType<typeof createPersonRow>>} */
  const rows = new Map();
  const count = element('span', { class: 'how-many' });
  const note = element('p', { class: 'note' });
  const here = createGroup('here', words.online);
  const away = createGroup('away', words.away);
  root.replaceChildren(element('h2', {}, words.title, ' ', count), note, here.node, away.node);

  /** @param {string} name @param {string} title */
  function createGroup(name, title) {
    const heading = element('h3', { id: `people-${name}` }, title);
    const list = element('ul', { 'aria-labelledby': heading.id });
    const node = element('section', { class: `people-${name}` }, heading, list);
    return {
      node,
      /** @param {Member[]} members */
      show(members) {
        node.hidden = members.length === 0;
        arrange(list, members.map(rowOf));
      },
    };
  }

  /** @param {Member} member */
  function rowOf(member) {
    const isMe = member.userId === me().userId;
    const known = rows.get(member.userId);
    known?.update(member);
    const row = known ?? createPersonRow({ member, isMe, words, locale, now, open, signal });
    rows.set(member.userId, row);
    return row.node;
  }

  function show() {
    const members = who();
    const known = new Set(members.map(({ userId }) => userId));
    // Kept for when they come again: a snapshot may miss somebody whose coming is told a moment later.
    for (const [userId, row] of rows) if (!known.has(userId)) row.node.remove();
    const people = arrangePeople(members, { me: me().userId, locale });
    here.show(people.here);
    away.show(people.away);
    // Oneself is here: nobody means that nobody was told yet.
    count.textContent = room.count() > 0 ? words.here(room.count()) : '';
    note.textContent = noteOn(people.here.length);
    note.hidden = note.textContent === '';
  }

  /** @param {number} named how many of those who are here have a row */
  function noteOn(named) {
    if (isDirect(room.name)) return words.direct;
    return room.count() > named ? words.crowd : '';
  }

  const timer = setInterval(() => {
    for (const row of rows.values()) row.age();
  }, AGE_MS);
  const deafen = room.on('presence', show);
  signal.addEventListener(
    'abort',
    () => {
      clearInterval(timer);
      deafen();
    },
    { once: true },
  );
  show();
  return { show };
}
