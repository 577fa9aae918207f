// Time to live: deletes what has expired, as DynamoDB does, late and in the background.

import type { TablePlan } from '../cloudformation/plan.ts';
import type { Log } from '../log.ts';
import type { Store } from './store.ts';

/** DynamoDB promises "within a few days"; once a minute keeps a laptop's folder small. */
const SWEEP_MS = 60_000;
/** DynamoDB leaves alone what expired longer ago than that: so 0 means never. */
const OLDEST_S = 5 * 365 * 24 * 60 * 60;

type Item = Record<string, Record<string, unknown>>;

/** One pass over a table; resolves with how many items it deleted. */
export async function sweep(store: Store, plan: TablePlan, nowS: number): Promise<number> {
  const { name: TableName, ttlAttribute } = plan;
  if (ttlAttribute === undefined) return 0;
  const keys = (plan.create.KeySchema as { AttributeName: string }[]).map(
    (key) => key.AttributeName,
  );
  const expired = {
    ExpressionAttributeNames: { '#ttl': ttlAttribute },
    ExpressionAttributeValues: {
      ':now': { N: String(nowS) },
      ':oldest': { N: String(nowS - OLDEST_S) },
    },
  };
  let deleted = 0;
  let from: unknown;
  do {
    const page = await store.call('Scan', {
      TableName,
      ...expired,
      FilterExpression: '#ttl < :now AND #ttl > :oldest',
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    });
    for (const item of page.Items as Item[]) {
      const Key = Object.fromEntries(keys.map((key) => [key, item[key]]));
      // Renewed since the page was read? Then it stays.
      deleted += await store
        .call('DeleteItem', {
          TableName,
          Key,
          ...expired,
          ConditionExpression: '#ttl < :now AND #ttl > :oldest',
        })
        .then(
          () => 1,
          (error: Error) => {
            if (error.name !== 'ConditionalCheckFailedException') throw error;
            return 0;
          },
        );
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return deleted;
}

/** Sweeps every table now and then until stopped. */
export function startExpiry(
  store: Store,
  plans: () => TablePlan[],
  log: Log,
): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(async () => {
        for (const plan of plans()) {
          const deleted = await sweep(store, plan, Math.floor(Date.now() / 1000));
          if (deleted > 0) log.detail(`table ${plan.name}: ${deleted} items expired`);
        }
      })
      .catch((error: Error) =>
        log.warn(`table: the sweep of expired items failed: ${error.message}`),
      );
  }, SWEEP_MS);
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}
