// @ts-check
// One message on the screen: made once, then changed in place, so focus and selection survive.
import { shownNickname } from '../core/nickname.js';
import { isStuck } from '../core/stuck.js';
import { createAvatar, updateAvatar } from './avatar.js';
import { element } from './element.js';
import { textNodes } from './message-text.js';

/** @typedef {import('../core/timeline.js').Item} Item */
/** @typedef {{ words: import('./log-frame.js').Words, when: import('./when.js').When, named: () => import('./message-text.js').Named, isLive: () => boolean }} Means
 *   named: whom a message may name; isLive: whether what is unsent is on its way */

/** @param {Item} item @param {import('./log-frame.js').Words} words */
function failure({ state, reason, code }, words) {
  const told = new Map(Object.entries(words.refused)).get(code ?? '');
  // Of a code that this page does not know yet, the server's own words say more than nothing.
  const why = state === 'held' ? words.held : (told ?? reason ?? '');
  /** @param {string} act @param {string} word */
  const button = (act, word) => element('button', { type: 'button', 'data-do': act }, word);
  return element(
    'div',
    { class: 'failure' },
    element('span', { class: 'reason', dir: 'auto' }, why),
    element(
      'span',
      { class: 'ways-out' },
      button('retry', words.retry),
      button('edit', words.edit),
      button('delete', words.delete),
    ),
  );
}

/** @param {Item} item @param {Means} means */
function mark(item, { words, isLive }) {
  const isSlowedDown = isLive() && item.code === 'RateLimited';
  const onTheWay = isSlowedDown ? words.slowedDown : isLive() ? words.sending : words.waiting;
  if (item.state === 'pending') return element('span', { class: 'mark' }, onTheWay);
  if (isStuck(item)) return element('span', { class: 'mark' }, words.notSent);
  const named = { role: 'img', 'aria-label': words.sent, title: words.sent };
  return element('span', { class: 'mark', ...named }, '✓');
}

/** @param {Item} item @param {Means} means @returns {HTMLLIElement} */
export function createRow(item, { named: names, words }) {
  const row = element('li', { class: 'message', 'data-message-id': item.messageId });
  const all = names();
  const nodes = textNodes(item.text, item.own ? { ...all, me: null } : all, words);
  const text = element('div', { class: 'text' }, ...nodes);
  row.classList.toggle('mentions-me', text.querySelector('.mention') !== null);
  const bubble = element('div', { class: 'bubble' }, text);
  const spoken = element('div', { class: 'spoken' }, bubble, element('div', { class: 'meta' }));
  // The keyboard's way to a person is the people panel; a stop at every name would bury what else is in the list.
  const person = { type: 'button', class: 'who', tabindex: '-1', 'data-do': 'person' };
  const named = element('bdi');
  const who = item.own
    ? element('span', { class: 'who' }, named)
    : element('button', person, named);
  row.append(createAvatar(item), element('div', { class: 'said' }, who, spoken));
  return row;
}

/** @param {HTMLElement} row @param {Item} item @param {Means} means */
export function showItem(row, item, means) {
  const { words, when } = means;
  const name = shownNickname(item.nickname);
  row.dataset.state = isStuck(item) ? 'failed' : item.state;
  row.classList.toggle('own', item.own);
  row.setAttribute('aria-label', words.row(item.own ? words.you : name, when.short(item.at)));
  row.querySelector('.who bdi')?.replaceChildren(name);
  const avatar = row.querySelector('.avatar');
  if (avatar instanceof HTMLElement) updateAvatar(avatar, item);
  const full = { datetime: new Date(item.at).toISOString(), title: when.full(item.at) };
  const time = element('time', { class: 'time', ...full }, when.short(item.at));
  row.querySelector('.meta')?.replaceChildren(time, ...(item.own ? [mark(item, means)] : []));
  row.querySelector('.failure')?.remove();
  if (isStuck(item)) row.querySelector('.said')?.append(failure(item, words));
}
