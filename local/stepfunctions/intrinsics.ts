// Intrinsic functions (`States.Format(…)` and its kin): their grammar, and what each gives.
import { createHash, randomUUID } from 'node:crypto';
import { seeded } from '../seeded.ts';
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
/** https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html: items, characters, calls in one field. */
const MOST_ARRAY_ITEMS = 1000;
const MOST_CHARACTERS = 10_000;
const MOST_CALLS = 10;
const [LEAST_TERM, MOST_TERM] = [-(2 ** 31), 2 ** 31 - 1];

/** By the name of an algorithm, its name in Node. */
const ALGORITHMS: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

const wrong = (cause: string) => new Failure('States.IntrinsicFailure', cause);

function number(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  throw wrong('an argument is not a number');
}
/** What is no whole number is rounded, halves up, as Java does. */
function integer(value: Json | undefined): number {
  return Math.round(number(value));
}
function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw wrong('an argument is not a string');
}
function shortText(value: Json | undefined): string {
  const short = text(value);
  if (short.length <= MOST_CHARACTERS) return short;
  throw wrong(`an argument has more than ${MOST_CHARACTERS} characters`);
}
function list(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  throw wrong('an argument is not an array');
}
function object(value: Json | undefined): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw wrong('an argument is not an object');
}

/** An argument of Format as Java writes it: `{a=1, b=[x, true]}`. */
function shown(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, each]) => `${key}=${shown(each)}`);
  return `{${fields.join(', ')}}`;
}

function format([template, ...values]: Json[]): string {
  const left = [...values];
  const filled = text(template).replace(/\\(.)|\{\}/g, (_, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const next = left.shift();
    if (next === undefined) throw wrong('States.Format has more {} than arguments');
    return shown(next);
  });
  if (left.length > 0) throw wrong('States.Format has more arguments than {}');
  return filled;
}

function partition([array, chunk]: Json[]): Json[] {
  const [items, size] = [list(array), integer(chunk)];
  if (size < 1) throw wrong('States.ArrayPartition has a chunk size below 1');
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function range([from, to, by]: Json[]): number[] {
  const [start, end, step] = [integer(from), integer(to), integer(by)];
  if (step === 0) throw wrong('States.ArrayRange has a step of 0');
  const count = Math.max(0, Math.floor((end - start) / step) + 1);
  if (count > MOST_ARRAY_ITEMS) throw wrong('States.ArrayRange gives more than 1,000 items');
  return Array.from({ length: count }, (_, i) => start + i * step);
}

/** Text that is the same for equal values, in whatever order their keys stand. */
const canonical = (value: Json): string =>
  JSON.stringify(value, (_, each: Json) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

function contains([array, value = null]: Json[]): boolean {
  const wanted = canonical(value);
  return list(array).some((each) => canonical(each) === wanted);
}

function unique([array]: Json[]): Json[] {
  const first = new Map<string, Json>();
  for (const each of list(array)) {
    const key = canonical(each);
    if (!first.has(key)) first.set(key, each);
  }
  return [...first.values()];
}

/** A blank string gives null. */
function parse([value]: Json[]): Json {
  const json = text(value);
  if (json.trim() === '') return null;
  try {
    return JSON.parse(json);
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

function decode([value]: Json[]): string {
  const encoded = shortText(value);
  if (!BASE64.test(encoded)) throw wrong('States.Base64Decode was not given Base64');
  return Buffer.from(encoded, 'base64').toString();
}

function hash([value, algorithm]: Json[]): string {
  const name = text(algorithm);
  const known = Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined;
  if (known === undefined)
    throw wrong(`'${name}' is not one of ${Object.keys(ALGORITHMS).join(', ')}`);
  return createHash(known).update(shortText(value)).digest('hex');
}

function merge([first, second, deep]: Json[]): JsonObject {
  if (deep !== false) throw wrong('States.JsonMerge is shallow only: its third argument is false');
  return { ...object(first), ...object(second) };
}

function term(value: Json | undefined): number {
  const whole = integer(value);
  if (whole >= LEAST_TERM && whole <= MOST_TERM) return whole;
  throw wrong(`an argument is not from ${LEAST_TERM} to ${MOST_TERM}`);
}

function random([from, to, seed]: Json[]): number {
  const [start, end] = [integer(from), integer(to)];
  if (start >= end) throw wrong('States.MathRandom has a start that is not below its end');
  const chance = seed === undefined ? Math.random : seeded(integer(seed));
  return start + Math.floor(chance() * (end - start));
}

/** Each character of the second argument splits; what is empty between two is left out. */
function split([value, delimiters]: Json[]): string[] {
  const [string, splitting] = [text(value), new Set(text(delimiters))];
  const parts = [''];
  for (const character of string)
    if (splitting.has(character)) parts.push('');
    else parts.push(`${parts.pop()}${character}`);
  return parts.filter((part) => part !== '');
}

/** name → [least and most arguments, what it does]; from the AWS page on intrinsic functions. */
const FUNCTIONS: Record<string, [least: number, most: number, (args: Json[]) => Json]> = {
  'States.Format': [1, Infinity, format],
  'States.Array': [0, Infinity, (args) => args],
  'States.ArrayPartition': [2, 2, partition],
  'States.ArrayContains': [2, 2, contains],
  'States.ArrayGetItem': [2, 2, item],
  'States.ArrayLength': [1, 1, ([array]) => list(array).length],
  'States.ArrayRange': [3, 3, range],
  'States.ArrayUnique': [1, 1, unique],
  'States.Base64Encode': [1, 1, ([value]) => Buffer.from(shortText(value)).toString('base64')],
  'States.Base64Decode': [1, 1, decode],
  'States.Hash': [2, 2, hash],
  'States.JsonMerge': [3, 3, merge],
  'States.JsonToString': [1, 1, ([value = null]) => JSON.stringify(value)],
  'States.MathAdd': [2, 2, ([a, b]) => term(a) + term(b)],
  'States.MathRandom': [2, 3, random],
  'States.StringSplit': [2, 2, split],
  'States.StringToJson': [1, 1, parse],
  'States.UUID': [0, 0, () => randomUUID()],
};

/** Parses `States.Name(arguments)`. Throws a SyntaxError for an unknown function, a wrong count, too many calls, or a bad path. */
export function parseCall(source: string): Call {
  let at = 0;
  let calls = 0;
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
    calls++;
    if (calls > MOST_CALLS) throw new SyntaxError(`a field has at most ${MOST_CALLS} intrinsics`);
    while (source[at] !== ')') {
      if (args.length > 0 && source[at++] !== ',')
        throw new SyntaxError(`expected , or ) in ${name}`);
      args.push(next());
    }
    at++;
    while (source[at] === ' ') at++;
    const known = FUNCTIONS[name];
    if (!known) throw new SyntaxError(`${name} is not supported`);
    const [least, most] = known;
    if (args.length < least || args.length > most) {
      const count = least === most ? least : `${least} to ${most}`;
      throw new SyntaxError(`${name} takes ${count} arguments, not ${args.length}`);
    }
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
  return known[2](args);
}
