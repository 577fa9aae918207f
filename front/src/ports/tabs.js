// @ts-check
// How the tabs of this browser share one line, with what the browser has: Web Locks or a claim in storage.
import { mintMessageId } from '../core/identity.js';
import { TABS_VERSION } from '../core/tab-message.js';
import { createTabs } from '../core/tabs.js';
import { randomBytes } from './chance.js';
import { openChannel, tryChannel } from './channel.js';
import { clock } from './clock.js';
import { createLocalKeep } from './local-keep.js';
import { lockManager, webLocks } from './locks.js';
import { inTime } from './patience.js';
import { storageName } from './server-name.js';

/** @typedef {import('../core/identity.js').Keep} Keep */
/** @typedef {(own: { keep: Keep, clock: import('../core/line.js').Clock, tab: string }) => import('./locks.js').OpenLock} Sharing */

/** What a healthy browser does in milliseconds. */
const PROOF_MS = 1_000;

/**
 * Tries once what tabs need to share a line. A proof that comes late does no harm: this tab has a line of its own.
 * @param {(error: unknown) => void} trouble told what does not work
 * @returns {Promise<Sharing | null>} null: each tab is a client of its own, with a line of its own
 */
export async function findSharing(trouble) {
  const manager = lockManager();
  const name = `hubbub try ${mintMessageId(clock.now(), randomBytes)}`;
  const locking = async () => manager?.request(name, () => {});
  try {
    await inTime(Promise.all([tryChannel(name), locking()]), PROOF_MS);
    if (manager) return () => webLocks(manager);
    // A claim in a storage that each tab has for itself would be granted to all of them.
    localStorage.setItem(name, '');
    localStorage.removeItem(name);
    const { createClaimedLock } = await import('../core/claimed-lock.js');
    return (own) => () => createClaimedLock(own);
  } catch (error) {
    trouble(error);
    return null;
  }
}

/**
 * The ports that `connect` takes for it.
 * @param {{ url: string, user?: string | undefined, sharing: Sharing | null, trouble: (error: unknown) => void }} options
 * @returns {Partial<import('../core/chat.js').ChatPorts>}
 */
export function tabPorts({ url, user, sharing, trouble }) {
  const own = storageName(url, user);
  const tab = mintMessageId(clock.now(), randomBytes);
  if (!sharing) return { keep: clientOfItsOwn(createLocalKeep(`${own} `, trouble), tab) };
  const name = `${own} tabs ${TABS_VERSION}`;
  const keep = createLocalKeep(`${name} `, trouble);
  const openLock = sharing({ keep, clock, tab });
  return {
    line: (ears, openLine) =>
      createTabs({ tab, name, openLock, openChannel, keep, clock, openLine }, ears),
  };
}

/** @param {Keep} keep @param {string} tab @returns {Keep} */
function clientOfItsOwn(keep, tab) {
  return {
    read: (key) => (key === 'clientId' ? tab : keep.read(key)),
    write: (key, value) => keep.write(key, value),
  };
}
