// The shapes of requests: what an operation's input may hold, checked before anything runs, as AWS's services check theirs.
import { AwsError } from './aws-error.ts';

/** `integer` has 32 bits; `any` is for the operation to read. */
type Leaf = 'string' | 'integer' | 'boolean' | 'any';

/** A list is its member in brackets, a map is `{ '*': its value }`, anything else in braces is a structure. */
export type Shape = Leaf | readonly [Shape] | { readonly [field: string]: Shape };

/** The input of each operation of a service, by the operation's name. */
export type Operations = Readonly<Record<string, { readonly [field: string]: Shape }>>;

/**
 * The input without its null fields, which count as absent. Fields that the shape does not name stay as they are.
 * Throws a SerializationException for a value of another type.
 */
export function inputOf(
  shape: { readonly [field: string]: Shape },
  input: Record<string, unknown>,
): Record<string, unknown> {
  return read(shape, input, '') as Record<string, unknown>;
}

function read(shape: Shape, value: unknown, path: string): unknown {
  if (typeof shape === 'string') {
    if (isLeaf(shape, value)) return value;
    throw wrong(path, shape);
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) throw wrong(path, 'list');
    const [member] = shape;
    return value.map((each, at) => read(member, each, `${path}[${at}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(path, 'structure');
  // Own fields only, defined and not assigned: `__proto__` is a name like any other.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([name, field]) => {
        const known = Object.hasOwn(shape, name) ? shape[name] : shape['*'];
        const at = path === '' ? name : `${path}.${name}`;
        return [name, known === undefined ? field : read(known, field, at)];
      }),
  );
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);

function isLeaf(leaf: Leaf, value: unknown): boolean {
  if (leaf === 'any') return true;
  if (leaf === 'integer') return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
  return typeof value === leaf;
}

const wrong = (path: string, type: string) =>
  new AwsError('SerializationException', `${path || 'The input'} is not of the type ${type}`);
