// Event patterns: says which events a rule wants, as EventBridge's own matcher decides it.
import { AwsError } from '../endpoint/aws-error.ts';
import { leafTest } from './content-filter.ts';
import { type Alternative, matcher, type Wanted } from './match.ts';

/** Quota "rule combinations with $or" of the EventBridge user guide. */
const MOST_ALTERNATIVES = 1000;
const OPERATORS = new Set(
  'exactly prefix suffix equals-ignore-case wildcard anything-but numeric exists cidr'.split(' '),
);

/**
 * Compiles an event pattern (parsed JSON) to a predicate over events (parsed JSON).
 * Throws InvalidEventPatternException. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function compile(pattern: unknown): (event: unknown) => boolean {
  const alternatives = expand(object(pattern, 'pattern'), '', [new Map()]);
  const matchers = alternatives.map(matcher);
  return (event) => matchers.some((matches) => matches(event));
}

/** The alternatives of `node`, each grown from one of `alternatives`. A field named twice: the later wins. */
function expand(node: object, prefix: string, alternatives: Alternative[]): Alternative[] {
  let grown = alternatives;
  for (const [key, value] of Object.entries(node)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (key === '$or' && isOr(value)) {
      grown = value.flatMap((branch) =>
        expand(
          branch,
          prefix,
          grown.map((alternative) => new Map(alternative)),
        ),
      );
      if (grown.length > MOST_ALTERNATIVES) throw invalid(`"$or" makes over ${MOST_ALTERNATIVES}`);
    } else if (Array.isArray(value)) {
      const field = wanted(value, path);
      for (const alternative of grown) alternative.set(path, field);
    } else {
      grown = expand(object(value, path), path, grown);
    }
  }
  return grown;
}

function isOr(value: unknown): value is object[] {
  const isBranch = (branch: unknown) =>
    typeof branch === 'object' &&
    branch !== null &&
    !Array.isArray(branch) &&
    !Object.keys(branch).some((key) => OPERATORS.has(key));
  // Anything else under `$or` is a field that happens to have that name.
  if (!Array.isArray(value) || value.length < 2 || !value.every(isBranch)) return false;
  for (const branch of value) object(branch, '$or');
  return true;
}

function wanted(values: unknown[], path: string): Wanted {
  if (values.length === 0) throw invalid(`"${path}": empty arrays are not allowed`);
  const field: Wanted = { tests: [], absent: false };
  for (const value of values) {
    const test = leafTest(value, (why) => invalid(`"${path}": ${why}`));
    if (test === 'absent') field.absent = true;
    else field.tests.push(test);
  }
  return field;
}

function object(value: unknown, path: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`"${path}" must be an object or an array`);
  if (Object.keys(value).length === 0) throw invalid(`"${path}": empty objects are not allowed`);
  return value;
}

function invalid(why: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${why}`);
}
