// Batches of DynamoDB: split to the limit of a call, and what a call left undone is sent again.

/** BatchWriteItem's limit of items, and BatchGetItem's of keys, in one call. */
export const MAX_BATCH_WRITES = 25;
export const MAX_BATCH_READS = 100;

const TRIES = 6;
const FIRST_WAIT_MS = 100;

/**
 * Asks for all of them, at most `most` at a time, one piece after the other. `ask` answers which of a piece DynamoDB left
 * undone: it does so under throttling, without an error. Those are asked for again, after a wait of up to 100 ms that
 * doubles, and an Error tells how many are left after six tries.
 */
export async function runInBatches<T>(
  all: T[],
  most: number,
  ask: (piece: T[]) => Promise<T[] | undefined>,
): Promise<void> {
  for (let at = 0; at < all.length; at += most) {
    let left = all.slice(at, at + most);
    for (let attempt = 0; left.length > 0; attempt += 1) {
      if (attempt === TRIES) throw new Error(`${left.length} rows were left undone`);
      const waitMs = Math.random() * FIRST_WAIT_MS * 2 ** (attempt - 1);
      if (attempt > 0) await new Promise((done) => setTimeout(done, waitMs));
      left = (await ask(left)) ?? [];
    }
  }
}
