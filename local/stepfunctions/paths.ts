// JSONPath as state machines use it: `$`, `.name`, `['name']`, `[n]`, and `[*]` or `.*` for a list.
import type { Json, JsonObject } from './asl.ts';
import { runtimeFailure } from './failure.ts';

type Step = string | number | typeof WILD;
const WILD = Symbol('*');
const STEP =
  /\.(?<name>[\p{L}\p{N}_-]+)|\['(?<single>(?:[^'\\]|\\.)*)'\]|\["(?<double>(?:[^"\\]|\\.)*)"\]|\[(?<index>\d+)\]|(?<wild>\.\*|\[\*\])/uy;

const parsed = new Map<string, Step[]>();

function stepOf({ name, single, double, index, wild }: Record<string, string | undefined>): Step {
  if (wild !== undefined) return WILD;
  if (index !== undefined) return Number(index);
  return name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1');
}

/** The steps of a path. Throws a SyntaxError that names what is not supported (filters, slices, `..`, unions). */
export function parsePath(path: string): Step[] {
  const known = parsed.get(path);
  if (known) return known;
  const start = path.startsWith('$$') ? 2 : 1;
  if (!path.startsWith('$')) throw new SyntaxError('a path starts with $');
  const steps: Step[] = [];
  STEP.lastIndex = start;
  while (STEP.lastIndex < path.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(path);
    if (!match?.groups) throw new SyntaxError(`'${path.slice(at)}' is not supported in a path`);
    steps.push(stepOf(match.groups));
  }
  parsed.set(path, steps);
  return steps;
}

/** Whether it points at one place: what ResultPath and Choice variables need. */
export const isReferencePath = (path: string): boolean => !parsePath(path).includes(WILD);

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function child(value: Json | undefined, step: string | number): Json | undefined {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function children(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** The value, or undefined where nothing is; a path with `*` gives a list, empty at worst. */
export function find(path: string, input: Json, context: Json): Json | undefined {
  let found: (Json | undefined)[] = [path.startsWith('$$') ? context : input];
  const steps = parsePath(path);
  for (const step of steps) {
    found = found.flatMap((value) => {
      if (value === undefined) return [];
      return step === WILD ? children(value) : [child(value, step)];
    });
  }
  if (steps.includes(WILD)) return found.filter((value) => value !== undefined);
  return found[0];
}

/** Like `find`, but what is not there ends the execution with States.Runtime, in AWS's words. */
export function get(path: string, input: Json, context: Json, field: string): Json {
  const value = find(path, input, context);
  if (value !== undefined) return value;
  throw runtimeFailure(
    `The JSONPath '${path}' specified for the field '${field}' could not be found in the input`,
  );
}

/** A copy of `target` with `value` at the path; objects on the way are made, as ResultPath does. */
export function put(path: string, target: Json, value: Json): Json {
  const place = (here: Json | undefined, steps: Step[]): Json => {
    const [step, ...rest] = steps;
    if (step === undefined) return value;
    if (typeof step === 'number' && Array.isArray(here) && step < here.length)
      return here.with(step, place(here[step], rest));
    if (typeof step === 'string' && (here === undefined || isObject(here)))
      return { ...here, [step]: place(child(here, step), rest) };
    throw new SyntaxError('no such place');
  };
  return place(target, parsePath(path));
}
