// @ts-check
// One message on the screen: made once, then changed in place, so focus and selection survive.
import { hueOf } from '../core/colour.js';
import { linkify } from '../core/linkify.js';
import { initialOf, shownNickname } from '../core/nickname.js';
import { element } from './element.js';
import { dayName, fullTime, shortTime } from './when.js';

/** @typedef {import('../core/timeline.js').Place} Place */

const MARKS = { pending: 'Sending…', sent: '✓', failed: 'Not sent' };
const MARK_TITLES = { pending: 'Sending', sent: 'Sent', failed: 'Not sent' };

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

/** @param {HTMLElement} row @param {Place} place */
export function updateRow(row, { item, opensDay, opensGroup }) {
  const name = shownNickname(item.nickname);
  row.dataset.state = item.state;
  row.classList.toggle('opens-group', opensGroup);
  row.classList.toggle('own', item.own);
  row.querySelector('.who')?.replaceChildren(name);
  const avatar = row.querySelector('.avatar');
  if (avatar instanceof HTMLElement) {
    avatar.textContent = initialOf(name);
    avatar.style.setProperty('--hue', String(hueOf(item.userId)));
  }
  const mark = element(
    'span',
    { class: 'mark', title: MARK_TITLES[item.state] },
    MARKS[item.state],
  );
  if (item.state === 'sent') mark.setAttribute('role', 'img');
  if (item.state === 'sent') mark.setAttribute('aria-label', 'Sent');
  row.querySelector('.meta')?.replaceChildren(time(item.at), ...(item.own ? [mark] : []));
  row.querySelector('.failure')?.remove();
  if (item.state === 'failed') row.querySelector('.said')?.append(failure(item.reason ?? ''));
  row.querySelector('.day')?.remove();
  if (opensDay)
    row.prepend(element('div', { class: 'day' }, element('span', {}, dayName(item.at))));
}
