// Intrinsic functions (`States.Format(…)` and its kin): their grammar, and what each gives.
import { createHash, randomUUID } from 'node:crypto';
import type { Json, JsonObject } from './asl.ts';
import { Failure } from './failure.ts';
import { get, parsePath } from './paths.ts';

type Argument = { path: string } | { value: Json } | { call: Call };
/** One parsed call: a function's name and its arguments. */
export interface Call {
  name: string;
  args: Argument[];
}

const TOKEN =
  /\s*(?:(?<name>States\.[A-Za-z0-9]+)\s*\(|'(?<text>(?:[^'\\]|\\.)*)'|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>true|false|null)\b|(?<path>\$(?:\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"]*)\]|[^,)\s[])*))\s*/uy;
const MOST_ARRAY_ITEMS = 1000;

const wrong = (cause: string) => new Failure('States.IntrinsicFailure', cause);

function number(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  throw wrong('an argument is not a number');
}
function integer(value: Json | undefined): number {
  return Math.round(number(value));
}
function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw wrong('an argument is not a string');
}
function list(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  throw wrong('an argument is not an array');
}
function object(value: Json | undefined): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw wrong('an argument is not an object');
}

function format([template, ...values]: Json[]): string {
  const left = [...values];
  const filled = text(template).replace(/\\(.)|\{\}/g, (_, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const next = left.shift();
    if (next === undefined) throw wrong('States.Format has more {} than arguments');
    return typeof next === 'string' ? next : JSON.stringify(next);
  });
  if (left.length > 0) throw wrong('States.Format has more arguments than {}');
  return filled;
}

function range([from, to, by]: Json[]): number[] {
  const [start, end, step] = [integer(from), integer(to), integer(by)];
  if (step === 0) throw wrong('States.ArrayRange has a step of 0');
  const count = Math.max(0, Math.floor((end - start) / step) + 1);
  if (count > MOST_ARRAY_ITEMS) throw wrong('States.ArrayRange gives more than 1,000 items');
  return Array.from({ length: count }, (_, i) => start + i * step);
}

function parse([value]: Json[]): Json {
  try {
    return JSON.parse(text(value));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong('States.StringToJson was not given JSON');
    throw error;
  }
}

function item([array, index]: Json[]): Json {
  const found = list(array)[integer(index)];
  if (found === undefined) throw wrong('States.ArrayGetItem is out of range');
  return found;
}

function merge([first, second, deep]: Json[]): JsonObject {
  if (deep !== false) throw wrong('States.JsonMerge is shallow only: its third argument is false');
  return { ...object(first), ...object(second) };
}

const same = (a: Json) => (b: Json) => JSON.stringify(a) === JSON.stringify(b);

/** name → [number of arguments or none to count, what it does]; from the AWS page on intrinsic functions. */
const FUNCTIONS: Record<string, [number | undefined, (args: Json[]) => Json]> = {
  'States.Format': [undefined, format],
  'States.Array': [undefined, (args) => args],
  'States.ArrayContains': [2, ([array, value = null]) => list(array).some(same(value))],
  'States.ArrayGetItem': [2, item],
  'States.ArrayLength': [1, ([array]) => list(array).length],
  'States.ArrayRange': [3, range],
  'States.Base64Encode': [1, ([value]) => Buffer.from(text(value)).toString('base64')],
  'States.Base64Decode': [1, ([value]) => Buffer.from(text(value), 'base64').toString()],
  'States.Hash': [
    2,
    ([value = null, how]) =>
      createHash(text(how).replace('-', '').toLowerCase())
        .update(typeof value === 'string' ? value : JSON.stringify(value))
        .digest('hex'),
  ],
  'States.JsonMerge': [3, merge],
  'States.JsonToString': [1, ([value = null]) => JSON.stringify(value)],
  'States.MathAdd': [2, ([a, b]) => integer(a) + integer(b)],
  'States.StringToJson': [1, parse],
  'States.UUID': [0, () => randomUUID()],
};

/** Parses `States.Name(arguments)`. Throws a SyntaxError for an unknown function, a wrong count, or a bad path. */
export function parseCall(source: string): Call {
  let at = 0;
  const next = (): Argument => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source)?.groups;
    if (!found) throw new SyntaxError(`'${source.slice(at)}' is not an argument`);
    at = TOKEN.lastIndex;
    if (found.name !== undefined) return { call: rest(found.name) };
    if (found.path !== undefined) {
      parsePath(found.path);
      return { path: found.path };
    }
    // Escapes stay in for Format, whose \{ \} mean literal braces; the others lose them in `evaluate`.
    if (found.text !== undefined) return { value: found.text };
    return { value: JSON.parse(found.number ?? found.word ?? 'null') };
  };
  const rest = (name: string): Call => {
    const args: Argument[] = [];
    while (source[at] !== ')') {
      if (args.length > 0 && source[at++] !== ',')
        throw new SyntaxError(`expected , or ) in ${name}`);
      args.push(next());
    }
    at++;
    while (source[at] === ' ') at++;
    const known = FUNCTIONS[name];
    if (!known) throw new SyntaxError(`${name} is not supported`);
    if (known[0] !== undefined && known[0] !== args.length)
      throw new SyntaxError(`${name} takes ${known[0]} arguments, not ${args.length}`);
    return { name, args };
  };
  const whole = next();
  if (!('call' in whole) || at !== source.length) throw new SyntaxError('not one States.… call');
  return whole.call;
}

/** What the call gives for this input and context. Throws States.IntrinsicFailure where an argument does not fit. */
export function evaluate(call: Call, input: Json, context: Json): Json {
  const args = call.args.map((argument, i) => {
    if ('call' in argument) return evaluate(argument.call, input, context);
    if ('path' in argument) return get(argument.path, input, context, call.name);
    const { value } = argument;
    const isTemplate = call.name === 'States.Format' && i === 0;
    return typeof value === 'string' && !isTemplate ? value.replace(/\\(.)/g, '$1') : value;
  });
  const known = FUNCTIONS[call.name];
  if (!known) throw wrong(`${call.name} is not supported`);
  return known[1](args);
}
