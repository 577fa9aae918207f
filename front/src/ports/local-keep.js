// @ts-check
// Small values in the browser's localStorage; when it is full or forbidden they last as long as the page.
import { createMemoryKeep } from './memory.js';

/**
 * @param {string} prefix @param {(error: unknown) => void} trouble told each failure
 * @returns {import('../core/identity.js').Keep}
 */
export function createLocalKeep(prefix, trouble) {
  const memory = createMemoryKeep();
  return {
    read(key) {
      try {
        const kept = JSON.parse(localStorage.getItem(prefix + key) ?? 'null');
        return kept ?? memory.read(key);
      } catch (error) {
        trouble(error);
        return memory.read(key);
      }
    },
    write(key, value) {
      memory.write(key, value);
      try {
        localStorage.setItem(prefix + key, JSON.stringify(value));
      } catch (error) {
        trouble(error);
      }
    },
  };
}
