// A model of the tables: DynamoDB's conditional calls on plain values, so that a search may keep every state it was in.
import { AwsError } from '../../local/endpoint/aws-error.ts';

export type Attribute = { S: string } | { N: string } | { BOOL: boolean };
export type Item = Record<string, Attribute>;
/** `<table>/<partition>/<sort>` → item. Never changed in place. */
export type Tables = Readonly<Record<string, Item>>;
export type Reply = Record<string, unknown>;

interface Call {
  TableName: string;
  Key?: Item;
  Item?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  ExpressionAttributeValues?: Item;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  Limit?: number;
  ScanIndexForward?: boolean;
}

const KEYS: Record<string, [string, string]> = {
  Claims: ['sender', 'messageId'],
  Messages: ['room', 'seq'],
  Connections: ['pk', 'sk'],
};

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const text = (value: Attribute | undefined) => JSON.stringify(Object.values(value ?? {})[0]);

function place(table: string, item: Item): string {
  const [partition, sort] = KEYS[table] ?? [];
  if (!partition || !sort) throw new AwsError('ResourceNotFoundException', table);
  return `${table}/${text(item[partition])}/${text(item[sort])}`;
}

/** `attribute_not_exists(a)` and `a = :v`, joined by OR: what the product's conditions are made of. */
function holds(expression: string, item: Item | undefined, values: Item): boolean {
  return expression.split(' OR ').some((term) => {
    const [, absent] = /^attribute_not_exists\((\w+)\)$/.exec(term) ?? [];
    if (absent) return item?.[absent] === undefined;
    const [, name, value] = /^(\w+) = (:\w+)$/.exec(term) ?? [];
    if (!name || !value) throw new Error(`The model does not know the condition ${term}`);
    return item?.[name] !== undefined && same(item[name], values[value]);
  });
}

function updated(expression: string, item: Item, values: Item): Item {
  const after = { ...item };
  for (const [, name = '', value = ''] of expression.matchAll(/(\w+) = (:\w+)/g))
    after[name] = values[value] ?? { S: '' };
  for (const [, name = '', value = ''] of expression.matchAll(/if_not_exists\((\w+), (:\w+)\)/g))
    after[name] = item[name] ?? values[value] ?? { S: '' };
  for (const [, name = '', value = ''] of expression.matchAll(/ADD (\w+) (:\w+)/g))
    after[name] = { N: String(number(item[name]) + number(values[value])) };
  return after;
}

export const number = (value: Attribute | undefined): number =>
  value && 'N' in value ? Number(value.N) : 0;

/** Every item of a table, in the order of its keys. */
export function rows(tables: Tables, table: string): Item[] {
  const mine = Object.entries(tables).filter(([key]) => key.startsWith(`${table}/`));
  return mine.map(([, item]) => item).toSorted((a, b) => number(a.seq) - number(b.seq));
}

const ROOM_RANGE = 'room = :room AND seq BETWEEN :from AND :to';
const ROOM_ABOVE = 'room = :room AND seq > :above';
const IS_MESSAGE = 'attribute_exists(messageId)';

/** One room's rows, read as one consistent page; what is over the limit is left for the next. */
function query(all: Item[], call: Call): Reply {
  const { ExpressionAttributeValues: values = {}, FilterExpression: filter } = call;
  const range = {
    [ROOM_RANGE]: [number(values[':from']), number(values[':to'])],
    [ROOM_ABOVE]: [number(values[':above']) + 1, Number.POSITIVE_INFINITY],
  }[call.KeyConditionExpression ?? ''];
  const [from, to] = range ?? [];
  if (from === undefined || to === undefined || (filter && filter !== IS_MESSAGE))
    throw new Error(`The model does not know the query ${call.KeyConditionExpression} ${filter}`);
  const inRange = all.filter(({ seq }) => number(seq) >= from && number(seq) <= to);
  const ordered = call.ScanIndexForward === false ? inRange.toReversed() : inRange;
  const page = ordered.slice(0, call.Limit);
  const Items = filter ? page.filter(({ messageId }) => messageId !== undefined) : page;
  const last = page.length < ordered.length ? page.at(-1) : undefined;
  return {
    ...{ Items, Count: Items.length },
    ...(last && { LastEvaluatedKey: { room: last.room, seq: last.seq } }),
  };
}

/** The entries of a roster, or of one person in it, whose lease still runs. */
function count(all: Item[], values: Item): Reply {
  const word = (value: Attribute | undefined) => (value && 'S' in value ? value.S : '');
  const entries = all.filter(
    ({ pk, sk }) =>
      word(pk) === word(values[':roster']) && word(sk).startsWith(word(values[':user'])),
  );
  const live = entries.filter(({ leaseUntil }) => word(leaseUntil) > word(values[':now']));
  const Items = live.map(({ nickname }) => ({ nickname }));
  return { Count: live.length, ScannedCount: entries.length, Items };
}

/** The tables after the call, and its output. Throws an AwsError as DynamoDB answers one. */
export function perform(tables: Tables, action: string, input: unknown): [Tables, Reply] {
  const call = input as Call;
  const values = call.ExpressionAttributeValues ?? {};
  if (action === 'Query' && call.TableName === 'Connections')
    return [tables, count(rows(tables, call.TableName), values)];
  if (action === 'Query') return [tables, query(rows(tables, call.TableName), call)];
  const key = place(call.TableName, call.Key ?? call.Item ?? {});
  const item = tables[key];
  if (action === 'GetItem') return [tables, item ? { Item: item } : {}];
  if (call.ConditionExpression && !holds(call.ConditionExpression, item, values))
    throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
  if (action === 'PutItem') return [{ ...tables, [key]: call.Item ?? {} }, {}];
  if (action !== 'UpdateItem') throw new Error(`The model does not know ${action}`);
  const after = updated(call.UpdateExpression ?? '', item ?? call.Key ?? {}, values);
  return [{ ...tables, [key]: after }, { Attributes: after }];
}
