// @ts-check
// Attention with the browser's own ports: what one server's session needs to know of unread messages and notifications.
import { clock } from './ports/clock.js';
import { createLookedAt } from './ports/looked-at.js';
import { createNotifier } from './ports/notify.js';
import { createReadCursors } from './ports/read-cursors.js';
import { createLocalSlot } from './ports/slot.js';
import { createAttention } from './ui/attention.js';

/**
 * @param {Omit<Parameters<typeof createAttention>[0], 'cursors' | 'clock' | 'notifier' | 'isLookedAt' | 'wish'>
 *   & { server: string, user: () => string }} options user: the userId
 */
export function attend({ server, user, ...options }) {
  const { trouble, signal } = options;
  return createAttention({
    ...options,
    clock,
    cursors: createReadCursors({ server, user, trouble }),
    notifier: createNotifier(trouble),
    isLookedAt: createLookedAt({ trouble, signal }),
    wish: createLocalSlot('hubbub.notify', trouble),
  });
}
