// DynamoDB on this machine: the templates' tables on dynalite, in memory or in a folder.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TablePlan } from '../cloudformation/plan.ts';
import { AwsError, unsupportedOperation } from '../endpoint/aws-error.ts';
import type { Log } from '../log.ts';
import { Refusal } from '../refusal.ts';
import { seeded } from '../seeded.ts';
import { openStore, type Store } from './store.ts';
import { byName, withArn } from './table-arns.ts';
import { startExpiry } from './time-to-live.ts';

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

type Row = Record<string, unknown>;

const RETURN_ON_FAILURE = 'ReturnValuesOnConditionCheckFailure';

/** dynalite's parser takes five to eight times as long for each level: 2 s for five, hours for twenty. */
const MOST_PARENTHESES = 4;
const CONDITIONS = ['ConditionExpression', 'FilterExpression', 'KeyConditionExpression'];

/** `arn:aws:dynamodb:<region>:<account>:table/<name>`; what dynalite matches it with takes the fifth power of its colons. */
const COLONS_OF_ARN = 5;

/** Throws where reading the input would hold up this machine. */
function refuseEndless(input: Record<string, unknown>): void {
  const { ResourceArn } = input;
  if (typeof ResourceArn === 'string' && ResourceArn.split(':').length - 1 > COLONS_OF_ARN)
    throw new AwsError(
      'ValidationException',
      `Invalid TableArn: Invalid ResourceArn provided as input ${ResourceArn.slice(0, 100)}`,
    );
  for (const field of CONDITIONS) {
    const condition = input[field];
    if (typeof condition !== 'string') continue;
    let level = 0;
    for (const letter of condition) {
      if (letter === '(') level++;
      if (letter === ')') level--;
      if (level > MOST_PARENTHESES)
        throw new AwsError(
          'ValidationException',
          `Invalid ${field}: parentheses deeper than ${MOST_PARENTHESES} are not supported on this machine`,
        );
    }
  }
}

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

  /** The store's answer, with what only the template knows. */
  const answerOf: Store['call'] = async (action, input) => {
    const asked =
      RETURN_ON_FAILURE in input
        ? withItemOnFailure(store, action, input)
        : store.call(action, input);
    const output = await asked.catch((error: Error) => {
      if (error.name === 'UnknownOperationException')
        throw unsupportedOperation('dynamodb', action);
      throw error;
    });
    if (action === 'DescribeTable') return { ...output, Table: withArn(output.Table, current) };
    const plan = current.find(({ name }) => name === input.TableName);
    if (action !== 'DescribeTimeToLive' || plan?.ttlAttribute === undefined) return output;
    const { ttlAttribute: AttributeName } = plan;
    return { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName } };
  };

  const expiry = startExpiry(store, () => current, log);
  return {
    async call(action, input) {
      refuseEndless(input);
      if (throttled()) {
        throw new AwsError('ProvisionedThroughputExceededException', 'Throttled on request');
      }
      const named = byName(input, current);
      return named.asGiven(await answerOf(action, named.input));
    },
    update,
    async stop() {
      await expiry.stop();
      await store.close();
    },
  };
}

/**
 * A write whose failed condition answers the item (API reference, UpdateItem, "ReturnValuesOnConditionCheckFailure"). dynalite
 * does not know the field, so the item is read after the failure: it may be newer than the one that the condition saw.
 */
async function withItemOnFailure(
  store: Store,
  action: string,
  { [RETURN_ON_FAILURE]: wanted, ...input }: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (wanted !== 'ALL_OLD' && wanted !== 'NONE')
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${wanted}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]`,
    );
  const {
    TableName,
    Item = {},
    Key = Item,
  } = input as { TableName: string; Key?: Row; Item?: Row };
  try {
    return await store.call(action, input);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException')
      throw error;
    if (wanted === 'NONE') throw error;
    const names = await keysOf(store, TableName);
    const key = Object.fromEntries(names.map((name) => [name, Key[name]]));
    const found = await store.call('GetItem', { TableName, Key: key, ConsistentRead: true });
    throw new AwsError(error.code, error.message, error.status, found);
  }
}

async function keysOf(store: Store, TableName: string): Promise<string[]> {
  const { Table } = await store.call('DescribeTable', { TableName });
  const { KeySchema } = Table as { KeySchema: { AttributeName: string }[] };
  return KeySchema.map(({ AttributeName }) => AttributeName);
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
