// A model of DynamoDB on plain values: the calls and expressions that the routes use. Each call is atomic, and leaves the tables before it as they were.
import { AwsError } from '../../local/endpoint/aws-error.ts';
import type { Attribute, Item, Reply, Tables } from './tables-model.ts';

type Value = Attribute | { SS: string[] };
type Row = Record<string, Value>;
type Values = Record<string, Value>;

interface Call {
  TableName: string;
  Key?: Item;
  Item?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  ExpressionAttributeValues?: Values;
  ExpressionAttributeNames?: Record<string, string>;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  Limit?: number;
  ScanIndexForward?: boolean;
  RequestItems?: Record<string, unknown>;
}
type Write = { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } };

const plain = (value: Value | undefined): string | number | undefined => {
  if (value === undefined) return undefined;
  if ('N' in value) return Number(value.N);
  return 'S' in value ? value.S : JSON.stringify(value);
};
const placeOf = (table: string, { pk, sk, room, seq }: Item): string =>
  JSON.stringify([table, plain(pk ?? room), plain(sk ?? seq)]);
const rowsOf = (tables: Tables, table: string): Row[] =>
  Object.entries(tables).flatMap(([place, row]) =>
    place.startsWith(`["${table}",`) ? [row as Row] : [],
  );

const COMPARE: Record<string, (a: string | number, b: string | number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
};

/** AND, OR, parentheses, the functions on attributes, comparisons with a value. A comparison with what is missing is false. */
function holds(expression: string, row: Row | undefined, values: Values): boolean {
  const tokens = expression.match(/attribute_\w+\(\w+\)|begins_with\([^)]*\)|[()]|<=|[<>=]|:?\w+/g);
  const left = [...(tokens ?? [])];
  const either = (): boolean => {
    let is = both();
    for (; left[0] === 'OR'; is = both() || is) left.shift();
    return is;
  };
  const both = (): boolean => {
    let is = term();
    for (; left[0] === 'AND'; is = term() && is) left.shift();
    return is;
  };
  const term = (): boolean => {
    const token = left.shift() ?? '';
    if (token === '(') {
      const is = either();
      left.shift();
      return is;
    }
    const [, word, name = '', , value = ''] = /^(\w+)\((\w+)(, (:\w+))?\)$/.exec(token) ?? [];
    if (word === 'attribute_exists') return row?.[name] !== undefined;
    if (word === 'attribute_not_exists') return row?.[name] === undefined;
    if (word === 'begins_with')
      return String(plain(row?.[name]) ?? '').startsWith(String(plain(values[value])));
    const compare = COMPARE[left.shift() ?? ''];
    const [a, b] = [plain(row?.[token]), plain(values[left.shift() ?? ''])];
    if (compare === undefined) throw new Error(`The model does not know ${expression}`);
    return a !== undefined && b !== undefined && compare(a, b);
  };
  return either();
}

function updated(expression: string, row: Row, values: Values): Row {
  const after = { ...row };
  const clauses = expression.split(/\b(SET|ADD|REMOVE|DELETE)\b/).slice(1);
  for (let at = 0; at < clauses.length; at += 2)
    for (const part of (clauses[at + 1] ?? '').split(/,(?![^(]*\))/).map((one) => one.trim()))
      change(clauses[at] ?? '', part);
  return after;

  function change(clause: string, part: string): void {
    const [name = '', ...rest] = part.split(/\s+/);
    if (clause === 'REMOVE') {
      delete after[name];
      return;
    }
    const given = values[rest.at(-1) ?? ''];
    if (given === undefined) throw new Error(`The model does not know ${expression}`);
    const was = row[name];
    if (clause === 'SET') {
      const [, first = '', plus] = rest;
      after[name] = plus === '+' ? sum(values[first] ?? row[first], given) : given;
    } else if ('SS' in given) {
      const all = new Set(was !== undefined && 'SS' in was ? was.SS : []);
      for (const one of given.SS) clause === 'ADD' ? all.add(one) : all.delete(one);
      if (all.size > 0) after[name] = { SS: [...all].sort() };
      else delete after[name];
    } else after[name] = sum(was, given);
  }
}

const sum = (a: Value | undefined, b: Value): Value => ({
  N: String(Number(plain(a) ?? 0) + Number(plain(b))),
});

function query(tables: Tables, call: Call): Reply {
  const values = call.ExpressionAttributeValues ?? {};
  const named = rowsOf(tables, call.TableName)
    .filter((row) => holds(call.KeyConditionExpression ?? '', row, values))
    .sort((a, b) => ((plain(a.sk ?? a.seq) ?? '') < (plain(b.sk ?? b.seq) ?? '') ? -1 : 1));
  const ordered = call.ScanIndexForward === false ? named.toReversed() : named;
  const page = ordered.slice(0, call.Limit);
  const { FilterExpression: filter } = call;
  const Items = filter === undefined ? page : page.filter((row) => holds(filter, row, values));
  return { Items, Count: Items.length, ScannedCount: page.length };
}

/** The call with the names of attributes instead of their placeholders. */
function named({ ExpressionAttributeNames: names = {}, ...call }: Call): Call {
  const written = JSON.stringify(call).replace(/#\w+\b/g, (name) => names[name] ?? name);
  return JSON.parse(written) as Call;
}

/** The tables after the call, and its output. Throws an AwsError as DynamoDB answers one. */
export function perform(tables: Tables, action: string, input: unknown): [Tables, Reply] {
  const call = named(input as Call);
  if (action === 'Query') return [tables, query(tables, call)];
  if (action === 'BatchGetItem') {
    const Responses: Record<string, Row[]> = {};
    for (const [table, asked] of Object.entries(call.RequestItems ?? {})) {
      const { Keys } = asked as { Keys: Item[] };
      Responses[table] = Keys.flatMap((key) => {
        const row = tables[placeOf(table, key)];
        return row === undefined ? [] : [row as Row];
      });
    }
    return [tables, { Responses }];
  }
  if (action === 'BatchWriteItem') {
    const after = { ...tables };
    for (const [table, writes] of Object.entries(call.RequestItems ?? {}))
      for (const { PutRequest, DeleteRequest } of writes as Write[]) {
        if (PutRequest) after[placeOf(table, PutRequest.Item)] = PutRequest.Item;
        if (DeleteRequest) delete after[placeOf(table, DeleteRequest.Key)];
      }
    return [after, {}];
  }
  const place = placeOf(call.TableName, call.Key ?? call.Item ?? {});
  const row = tables[place] as Row | undefined;
  if (action === 'GetItem') return [tables, row ? { Item: row } : {}];
  const values = call.ExpressionAttributeValues ?? {};
  if (call.ConditionExpression && !holds(call.ConditionExpression, row, values))
    throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
  if (action === 'PutItem') return [{ ...tables, [place]: call.Item ?? {} }, {}];
  if (action === 'DeleteItem') {
    const { [place]: _, ...after } = tables;
    return [after, {}];
  }
  if (action !== 'UpdateItem') throw new Error(`The model does not know ${action}`);
  const after = updated(call.UpdateExpression ?? '', row ?? (call.Key as Row), values);
  return [{ ...tables, [place]: after as Item }, { Attributes: after }];
}
