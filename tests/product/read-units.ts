// What a function under test reads, in DynamoDB's read units, by the rules that AWS documents: whole items, in UTF-8.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html#read-operation-consumption
import type { Json, Row, TestAws } from './aws.ts';

const UNIT_BYTES = 4 * 1024;
/** Where one Query stops. */
const PAGE_BYTES = 1024 * 1024;

type Value = { S?: string; N?: string; BOOL?: boolean; SS?: string[] };

/** An item's size as AWS documents it: names and texts in UTF-8, numbers by their digits, a byte for true and false. */
export const documentedBytes = (row: Row): number =>
  Object.entries(row).reduce((sum, [name, value]) => sum + utf8(name) + bytesOf(value), 0);

const utf8 = (text: string) => new TextEncoder().encode(text).length;

function bytesOf({ S, N, SS }: Value): number {
  if (S !== undefined) return utf8(S);
  if (SS !== undefined) return SS.reduce((sum, text) => sum + utf8(text), 0);
  if (N === undefined) return 1;
  const digits = N.replace(/^-?0*|\.|0*$/g, '').length;
  return Math.ceil(digits / 2) + 1;
}

/** What one consistent Query of just these rows costs. */
export const perfectUnits = (rows: Row[]): number =>
  Math.max(1, Math.ceil(rows.reduce((sum, row) => sum + documentedBytes(row), 0) / UNIT_BYTES));

export interface Reads {
  units: number;
  /** Reading calls: Query, GetItem, BatchGetItem. */
  calls: number;
}

/** Counts from here on what is read, whoever reads, until the next `reset`. */
export function countReads(aws: TestAws): Reads {
  const reads: Reads = { units: 0, calls: 0 };
  aws.hold = async (action, input) => {
    const cost = await costOf(aws, action, input);
    if (cost === undefined) return;
    reads.units += cost;
    reads.calls += 1;
  };
  return reads;
}

async function costOf(aws: TestAws, action: string, input: Json): Promise<number | undefined> {
  if (action === 'Query') return (await queryUnits(aws, input)) * share(input.ConsistentRead);
  if (action === 'GetItem') return (await itemUnits(aws, input)) * share(input.ConsistentRead);
  if (action !== 'BatchGetItem') return undefined;
  let units = 0;
  for (const [TableName, asked] of Object.entries(input.RequestItems as Json)) {
    const { Keys, ConsistentRead } = asked as { Keys: Row[]; ConsistentRead?: boolean };
    for (const Key of Keys)
      units += (await itemUnits(aws, { TableName, Key })) * share(ConsistentRead);
  }
  return units;
}

const share = (isConsistent: unknown) => (isConsistent === true ? 1 : 0.5);

async function itemUnits(aws: TestAws, { TableName, Key }: Json): Promise<number> {
  const { Item } = await aws.call('GetItem', { TableName, Key, ConsistentRead: true });
  return perfectUnits(Item === undefined ? [] : [Item as Row]);
}

/** Asked again without filter and projection, for the rows that are read for the answer. */
async function queryUnits(aws: TestAws, input: Json): Promise<number> {
  const { FilterExpression, ProjectionExpression, Select, ...rest } = input;
  const condition = String(rest.KeyConditionExpression);
  const used = Object.entries(rest.ExpressionAttributeValues as Json).filter(([name]) =>
    new RegExp(`${name}\\b`).test(condition),
  );
  const ExpressionAttributeValues = Object.fromEntries(used);
  const { Items } = await aws.call('Query', { ...rest, ExpressionAttributeValues });
  let bytes = 0;
  const read = (Items as Row[]).filter((row) => {
    const isRead = bytes < PAGE_BYTES;
    bytes += documentedBytes(row);
    return isRead;
  });
  return perfectUnits(read);
}
