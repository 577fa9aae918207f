// @ts-check
// Small values in the browser's localStorage; when it is full or forbidden they last as long as the page.
import { createMemoryKeep } from './memory.js';
import { createLocalSlot } from './slot.js';

/**
 * @param {string} prefix @param {(error: unknown) => void} trouble told each failure
 * @returns {import('../core/identity.js').Keep}
 */
export function createLocalKeep(prefix, trouble) {
  const memory = createMemoryKeep();
  return {
    read: (key) => createLocalSlot(prefix + key, trouble).read() ?? memory.read(key),
    write(key, value) {
      memory.write(key, value);
      createLocalSlot(prefix + key, trouble).write(value);
    },
  };
}
