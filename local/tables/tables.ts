// DynamoDB on this machine: the templates' tables on dynalite, in memory or in a folder.
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from '../aws-error.ts';
import type { Log } from '../log.ts';
import type { TablePlan } from '../plan.ts';
import { Refusal } from '../refusal.ts';
import { seeded } from '../seeded.ts';
import { startExpiry } from './expiry.ts';
import { openStore, type Store } from './store.ts';

export interface Tables {
  /** One action of the `dynamodb` service; rejects with an AwsError. */
  call(action: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Creates tables that are new in the plan; a table that left it keeps its items. Throws a Refusal for a changed key. */
  update(plans: TablePlan[]): Promise<void>;
  stop(): Promise<void>;
}

export interface TableFaults {
  /** The share of calls answered ProvisionedThroughputExceededException, 0 to 1. */
  throttleRate: number;
  seed: number;
}

/** What dynalite would ignore or not know: better refused than answered wrongly. */
const UNKNOWN_FIELDS = ['ReturnValuesOnConditionCheckFailure'];

export async function startTables(
  plans: TablePlan[],
  {
    folder,
    log,
    faults,
  }: { folder?: string | undefined; log: Log; faults?: TableFaults | undefined },
): Promise<Tables> {
  const random = seeded(faults?.seed ?? 1);
  const throttled = () => faults !== undefined && random() < faults.throttleRate;
  const store = await openStore(folder);
  let current = plans;
  const update = async (next: TablePlan[]) => {
    for (const plan of next) await ensure(store, plan);
    current = next;
  };
  await update(plans);
  const expiry = startExpiry(store, () => current, log);
  return {
    async call(action, input) {
      for (const field of UNKNOWN_FIELDS) {
        if (field in input)
          throw new AwsError('ValidationException', `${field} is not supported on this machine`);
      }
      if (throttled()) {
        throw new AwsError('ProvisionedThroughputExceededException', 'Throttled on request');
      }
      return store.call(action, input);
    },
    update,
    async stop() {
      await expiry.stop();
      await store.close();
    },
  };
}

/** Resolves when the table is there and ACTIVE; throws a Refusal where it is there with another key. */
export async function ensure(store: Store, { name, create, origin }: TablePlan): Promise<void> {
  const found = await store.call('DescribeTable', { TableName: name }).catch((error: Error) => {
    if (error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  });
  if (found === undefined) {
    await store.call('CreateTable', create);
    while ((await statusOf(store, name)) !== 'ACTIVE') await sleep(1);
    return;
  }
  const { KeySchema, GlobalSecondaryIndexes } = found.Table as Record<string, unknown>;
  if (JSON.stringify(KeySchema) !== JSON.stringify(create.KeySchema)) {
    throw new Refusal(
      origin.file,
      `${origin.path}.Properties.KeySchema`,
      create.KeySchema,
      `the data folder holds ${name} with another key; start with another --data folder`,
    );
  }
  // The store can add no index to a table that it has.
  const there = indexNames(GlobalSecondaryIndexes);
  const missing = indexNames(create.GlobalSecondaryIndexes).filter((each) => !there.includes(each));
  if (missing.length > 0) {
    throw new Refusal(
      origin.file,
      `${origin.path}.Properties.GlobalSecondaryIndexes`,
      missing,
      `the data folder holds ${name} without it; start with another --data folder`,
    );
  }
}

const indexNames = (indexes: unknown): string[] =>
  ((indexes ?? []) as { IndexName: string }[]).map(({ IndexName }) => IndexName);

async function statusOf(store: Store, TableName: string): Promise<unknown> {
  const { Table } = await store.call('DescribeTable', { TableName });
  return (Table as { TableStatus: unknown }).TableStatus;
}
