// @ts-check
// What calls from behind the closed drawer: a dot on the button that opens it, and how many in the button's name.
import { countText } from '../core/unread.js';
import { find } from './element.js';

/**
 * @param {{ root: ParentNode, words: typeof import('../words/en.js').en.shell, signal: AbortSignal }} options
 */
export function createSideCalls({ root, words, signal }) {
  const button = find(root, '.open-side', HTMLButtonElement);

  /** @param {import('./rooms.js').RoomEntry[]} entries @param {number} invitations those that wait */
  function show(entries, invitations) {
    let count = 0;
    let forMe = 0;
    let isMore = false;
    let isUnsent = false;
    for (const { partner, unread, isCurrent, isStuck } of entries) {
      if (isCurrent) continue;
      isUnsent ||= isStuck;
      count += unread.count;
      forMe += partner ? unread.count : unread.mentions;
      isMore ||= unread.isMore ?? false;
    }
    const told = [
      ...(count > 0 ? [words.unread(countText({ count, isMore }), forMe)] : []),
      ...(isUnsent ? [words.notSent] : []),
      ...(invitations > 0 ? [words.invitationsWait(invitations)] : []),
    ];
    button.dataset.calls = forMe > 0 ? 'me' : told.length > 0 ? 'some' : 'none';
    const name = words.openSideTo(told);
    button.setAttribute('aria-label', name);
    button.title = name;
  }

  signal.addEventListener('abort', () => show([], 0));
  return { show };
}
