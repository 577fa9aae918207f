// The match itself: walks an event for every field a pattern names, holding on to the array elements it chose.
import type { LeafTest } from './content-filter.ts';

/** What a pattern says about one field: any of `tests` accepts a value, `absent` accepts that there is none. */
export interface Wanted {
  tests: LeafTest[];
  absent: boolean;
}

/** One way to match: every field, by its dotted path. `$or` makes several. */
export type Alternative = Map<string, Wanted>;

/** Which element of which array the match has committed to; all fields must agree on it. */
interface Membership {
  array: readonly unknown[];
  index: number;
  outer: Membership | undefined;
}

type Step = (event: unknown, membership: Membership | undefined) => boolean;

/**
 * One predicate per field, each handing the array elements it chose to the next. In path order, because
 * `exists: false` asks only about the elements chosen before it, as in AWS's event-ruler.
 */
export function matcher(alternative: Alternative): (event: unknown) => boolean {
  const fields = [...alternative].sort(([a], [b]) => (a < b ? -1 : 1));
  const first = fields.reduceRight<Step>(
    (next, [path, field]) => fieldStep(path, field, next),
    () => true,
  );
  return (event) => first(event, undefined);
}

const NOTHING_THERE = 0;
const NOT_THIS = 1;
const MATCHED = 2;

function fieldStep(path: string, { tests, absent }: Wanted, next: Step): Step {
  const segments = path.split('.');
  // A key of an event may itself hold dots; the real matcher flattens both sides, so `a.b` finds either.
  const keys = segments.map((_, from) =>
    segments.slice(from).map((_, length) => segments.slice(from, from + length + 1).join('.')),
  );

  const visit = (node: unknown, at: number, event: unknown, chosen?: Membership): number => {
    if (Array.isArray(node)) return visitElements(node, at, event, chosen);
    const names = keys[at];
    if (typeof node !== 'object' || node === null) {
      if (names) return NOTHING_THERE;
      return tests.some((test) => test(node)) && next(event, chosen) ? MATCHED : NOT_THIS;
    }
    let best = NOTHING_THERE;
    for (let i = 0; names && i < names.length && best !== MATCHED; i++) {
      const name = names[i];
      if (name === undefined || !Object.hasOwn(node, name)) continue;
      const value: unknown = (node as Record<string, unknown>)[name];
      best = Math.max(best, visit(value, at + i + 1, event, chosen));
    }
    return best;
  };

  const visitElements = (
    array: readonly unknown[],
    at: number,
    event: unknown,
    chosen?: Membership,
  ) => {
    const committed = indexIn(array, chosen);
    let best = NOTHING_THERE;
    for (let index = 0; index < array.length && best !== MATCHED; index++) {
      if (committed !== undefined && committed !== index) continue;
      best = Math.max(best, visit(array[index], at, event, { array, index, outer: chosen }));
    }
    return best;
  };

  return (event, membership) => {
    const found = visit(event, 0, event, membership);
    return found === MATCHED || (found === NOTHING_THERE && absent && next(event, membership));
  };
}

function indexIn(array: readonly unknown[], membership: Membership | undefined) {
  for (let at = membership; at; at = at.outer) if (at.array === array) return at.index;
  return undefined;
}
