// @ts-check
// How the tabs of this browser share one line, with what the browser has: Web Locks or a claim in storage.
import { createClaimedLock } from '../core/claimed-lock.js';
import { mintMessageId } from '../core/identity.js';
import { TABS_VERSION } from '../core/tab-message.js';
import { createTabs } from '../core/tabs.js';
import { randomBytes } from './chance.js';
import { hasChannels, openChannel } from './channel.js';
import { clock } from './clock.js';
import { createLocalKeep } from './local-keep.js';
import { hasLocks, webLocks } from './locks.js';
import { storageName } from './server-name.js';

/**
 * The ports that `connect` takes for it. Without BroadcastChannel each tab is a client of its own, with a line of its own.
 * @param {{ url: string, user?: string | undefined, trouble: (error: unknown) => void }} options
 * @returns {Partial<import('../core/chat.js').ChatPorts>}
 */
export function tabPorts({ url, user, trouble }) {
  const own = storageName(url, user);
  const tab = mintMessageId(clock.now(), randomBytes);
  if (!hasChannels()) return { keep: clientOfItsOwn(createLocalKeep(`${own} `, trouble), tab) };
  const name = `${own} tabs ${TABS_VERSION}`;
  const keep = createLocalKeep(`${name} `, trouble);
  const openLock = hasLocks()
    ? webLocks(navigator.locks)
    : () => createClaimedLock({ keep, clock, tab });
  return {
    line: (ears, openLine) =>
      createTabs({ tab, name, openLock, openChannel, keep, clock, openLine }, ears),
  };
}

/** @param {import('../core/identity.js').Keep} keep @param {string} tab @returns {import('../core/identity.js').Keep} */
function clientOfItsOwn(keep, tab) {
  return {
    read: (key) => (key === 'clientId' ? tab : keep.read(key)),
    write: (key, value) => keep.write(key, value),
  };
}
