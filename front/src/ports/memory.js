// @ts-check
// What is kept no longer than the process or the page: for tests, and where nothing lasts.

/** @returns {import('../core/outbox-entry.js').OutboxStore} */
export function createMemoryStore() {
  /** @type {Map<string, import('../core/outbox-entry.js').Entry>} */
  const entries = new Map();
  return {
    load: async () => structuredClone([...entries.values()]),
    put: async (entry) => void entries.set(entry.messageId, structuredClone(entry)),
    remove: async (messageId) => void entries.delete(messageId),
  };
}

/** @returns {import('../core/identity.js').Keep} */
export function createMemoryKeep() {
  /** @type {Map<string, unknown>} */
  const values = new Map();
  return {
    read: (key) => values.get(key) ?? null,
    write: (key, value) => void values.set(key, structuredClone(value)),
  };
}
