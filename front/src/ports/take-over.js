// @ts-check
// What was written while nobody was signed in goes to whoever signs in: out of nobody's outbox into theirs, once.
import { readEntries } from '../core/outbox-entry.js';
import { createIndexedDbStore } from './indexed-db.js';
import { storageName } from './server-name.js';

/**
 * Kept once it is there, or stays where it was because a store has failed.
 * @param {{ url: string, user: string, trouble: (error: unknown) => void }} options user: who signed in
 */
export async function takeOver({ url, user, trouble }) {
  const nobodys = createIndexedDbStore(storageName(url, ''));
  const theirs = createIndexedDbStore(storageName(url, user));
  try {
    for (const entry of readEntries(await nobodys.load())) {
      // In this order: a page that ends in between finds it in both, under the one messageId.
      await theirs.put(entry);
      await nobodys.remove(entry.messageId);
    }
  } catch (error) {
    trouble(error);
  }
}
