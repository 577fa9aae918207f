// @ts-check
// The surroundings' own ports: a browser's, or Node's.
import { digest, fraction, randomBytes } from './chance.js';
import { clock } from './clock.js';
import { createFileKeep, createFileStore } from './file.js';
import { createIndexedDbStore } from './indexed-db.js';
import { createLocalKeep } from './local-keep.js';
import { createMemoryKeep, createMemoryStore } from './memory.js';
import { serverName, storageName } from './server-name.js';
import { openSocket } from './socket.js';

/**
 * What is kept is kept for one server.
 * @param {{ url: string, user?: string | undefined, folder: string | undefined, trouble: (error: unknown) => void, outboxBack: () => void }} options
 *   outboxBack: the outbox's store did not answer, and does so again
 * @returns {import('../core/chat.js').ChatPorts}
 */
export function defaultPorts(options) {
  return {
    ...storage(options),
    openSocket,
    clock,
    fraction,
    randomBytes,
    digest,
    isOnline,
  };
}

/** Node has a navigator that does not know. */
const isOnline = () => globalThis.navigator?.onLine !== false;

/** @param {Parameters<typeof defaultPorts>[0]} options */
function storage({ url, user, folder, trouble, outboxBack }) {
  if (folder !== undefined) {
    const own = `${folder}/${serverName(url, user)}`;
    return {
      keep: createFileKeep(own, trouble),
      outbox: createFileStore(`${own}/outbox`, trouble),
    };
  }
  // Node: a browser may lack any storage, and each port goes on without it.
  if (!('document' in globalThis)) return { keep: createMemoryKeep(), outbox: createMemoryStore() };
  const name = storageName(url, user);
  return {
    keep: createLocalKeep(`${name} `, trouble),
    outbox: createIndexedDbStore(name, outboxBack),
  };
}
