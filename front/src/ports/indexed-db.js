// @ts-check
// The outbox's store in a browser: IndexedDB, shared by all tabs, written to disk before the promise is kept.
import { NotKept } from './not-kept.js';
import { inTime } from './patience.js';

/** @typedef {import('../core/outbox-entry.js').OutboxStore} OutboxStore */

const STORE = 'unsent';
/** With the connecting that follows it less than 3 s. */
const ANSWER_MS = 2_000;

/** Calls that are not answered in time, of all stores of this page. Until they are, every other call fails at once. @type {Set<Promise<unknown>>} */
const late = new Set();
/** Called when IndexedDB answers again. @type {Set<() => void>} */
const waiting = new Set();

/** @template T @param {() => Promise<T>} call @param {() => void} back @returns {Promise<T>} */
async function answered(call, back) {
  try {
    if (late.size > 0) throw new Error('IndexedDB does not answer.');
    return await timed(call());
  } catch (error) {
    if (late.size > 0) waiting.add(back);
    throw new NotKept('unsent', error);
  }
}

/** @template T @param {Promise<T>} answer @returns {Promise<T>} */
async function timed(answer) {
  let hasCome = false;
  const come = () => {
    hasCome = true;
    if (!late.delete(answer) || late.size > 0) return;
    for (const back of waiting) back();
    waiting.clear();
  };
  answer.then(come, come);
  try {
    return await inTime(answer, ANSWER_MS);
  } finally {
    if (!hasCome) late.add(answer);
  }
}

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
 * Each call rejects with a NotKept: of the browser's DOMException, such as QuotaExceededError, or SecurityError where storage
 * is forbidden; or of an Error where IndexedDB is missing or does not answer within 2 s.
 * @param {string} name of the database @param {() => void} [back] IndexedDB did not answer, and answers again
 * @returns {OutboxStore}
 */
export function createIndexedDbStore(name, back = () => {}) {
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

  async function readAll() {
    const transaction = (await database()).transaction(STORE);
    return await answer(transaction.objectStore(STORE).getAll());
  }

  /** @template T @param {() => Promise<T>} call */
  const ask = (call) => answered(call, back);
  return {
    load: () => ask(readAll),
    put: (entry) => ask(() => write((store) => store.put(entry))),
    remove: (messageId) => ask(() => write((store) => store.delete(messageId))),
  };
}
