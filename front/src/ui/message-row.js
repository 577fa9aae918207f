// @ts-check
// One message on the screen: made once, then changed in place, so focus and selection survive.
import { hueOf } from '../core/colour.js';
import { linkify } from '../core/linkify.js';
import { initialOf, shownNickname } from '../core/nickname.js';
import { element } from './element.js';
import { dayName, fullTime, shortTime } from './when.js';

/** @typedef {import('../core/timeline.js').Place} Place */

/** What each row shows now. @type {WeakMap<HTMLElement, import('../core/timeline.js').Item>} */
const shown = new WeakMap();

/** @param {string} text */
function textNodes(text) {
  return linkify(text).map((piece) => {
    if (piece.kind === 'text') return piece.text;
    const attributes = {
      href: piece.href,
      target: '_blank',
      rel: 'noopener noreferrer nofollow ugc',
    };
    return element('a', attributes, piece.text);
  });
}

/** @param {string} reason */
function failure(reason) {
  return element(
    'div',
    { class: 'failure' },
    element('span', { class: 'reason', dir: 'auto' }, reason),
    element(
      'span',
      { class: 'ways-out' },
      element('button', { type: 'button', 'data-do': 'retry' }, 'Retry'),
      element('button', { type: 'button', 'data-do': 'discard' }, 'Discard'),
    ),
  );
}

/** @param {import('../core/timeline.js').Item['state']} state */
function mark(state) {
  if (state === 'pending') return element('span', { class: 'mark' }, 'Sending…');
  if (state === 'failed' || state === 'held') return element('span', { class: 'mark' }, 'Not sent');
  const words = { role: 'img', 'aria-label': 'Sent', title: 'Sent' };
  return element('span', { class: 'mark', ...words }, '✓');
}

/** @param {number} at milliseconds */
function time(at) {
  const attributes = { class: 'time', datetime: new Date(at).toISOString(), title: fullTime(at) };
  return element('time', attributes, shortTime(at));
}

/** @param {import('../core/timeline.js').Item} item @returns {HTMLLIElement} */
export function createRow({ messageId, own, text }) {
  const row = element('li', { class: 'message', 'data-message-id': messageId });
  row.classList.toggle('own', own);
  const words = element('p', { class: 'text', dir: 'auto' }, ...textNodes(text));
  const bubble = element('div', { class: 'bubble' }, words);
  const spoken = element('div', { class: 'spoken' }, bubble, element('div', { class: 'meta' }));
  row.append(
    element('div', { class: 'avatar', 'aria-hidden': 'true' }),
    element('div', { class: 'said' }, element('bdi', { class: 'who', dir: 'auto' }), spoken),
  );
  return row;
}

/** @param {HTMLElement} row @param {import('../core/timeline.js').Item} item */
function showItem(row, item) {
  const name = shownNickname(item.nickname);
  const isFailed = item.state === 'failed' || item.state === 'held';
  row.dataset.state = isFailed ? 'failed' : item.state;
  row.classList.toggle('own', item.own);
  row.querySelector('.who')?.replaceChildren(name);
  const avatar = row.querySelector('.avatar');
  if (avatar instanceof HTMLElement) {
    avatar.textContent = initialOf(name);
    avatar.style.setProperty('--hue', String(hueOf(item.userId)));
  }
  row
    .querySelector('.meta')
    ?.replaceChildren(time(item.at), ...(item.own ? [mark(item.state)] : []));
  row.querySelector('.failure')?.remove();
  if (isFailed) row.querySelector('.said')?.append(failure(item.reason ?? ''));
}

/** @param {HTMLElement} row @param {Place} place */
export function updateRow(row, { item, opensDay, opensGroup }) {
  // A neighbour's arrival places this row anew; its buttons must not be remade under the finger.
  if (shown.get(row) !== item) showItem(row, item);
  shown.set(row, item);
  row.classList.toggle('opens-group', opensGroup);
  const day = row.querySelector('.day');
  if (!opensDay) day?.remove();
  else if (!day)
    row.prepend(element('div', { class: 'day' }, element('span', {}, dayName(item.at))));
}
