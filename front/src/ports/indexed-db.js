// @ts-check
// The outbox's store in a browser: IndexedDB, shared by all tabs, written to disk before the promise is kept.

/** @typedef {import('../core/outbox-entry.js').OutboxStore} OutboxStore */

const STORE = 'unsent';

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function committed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    // A full disk shows here only, after every request has succeeded.
    transaction.addEventListener('abort', () => reject(transaction.error));
  });
}

/**
 * Each call rejects with the browser's DOMException, such as QuotaExceededError, or SecurityError where storage is forbidden.
 * @param {string} name of the database
 * @returns {OutboxStore}
 */
export function createIndexedDbStore(name) {
  /** @type {Promise<IDBDatabase> | null} */
  let opening = null;

  async function open() {
    const request = indexedDB.open(name, 1);
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore(STORE, { keyPath: 'messageId' });
    });
    const database = await answer(request);
    const forget = () => {
      opening = null;
    };
    // The user cleared the storage, or a newer page changes the database: the next call opens it again.
    database.addEventListener('close', forget);
    database.addEventListener('versionchange', () => {
      forget();
      database.close();
    });
    return database;
  }

  function database() {
    opening ??= open().catch((error) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  /** @param {(store: IDBObjectStore) => void} change */
  async function write(change) {
    const transaction = (await database()).transaction(STORE, 'readwrite', {
      durability: 'strict',
    });
    const done = committed(transaction);
    change(transaction.objectStore(STORE));
    await done;
  }

  return {
    async load() {
      const transaction = (await database()).transaction(STORE);
      return await answer(transaction.objectStore(STORE).getAll());
    },
    put: (entry) => write((store) => store.put(entry)),
    remove: (messageId) => write((store) => store.delete(messageId)),
  };
}
