// Choice rules: which of them holds for this input.
import type { ChoiceRule, Json } from './asl.ts';
import { runtimeFailure } from './failure.ts';
import { find, get } from './paths.ts';

type Test = (value: Json, expected: Json) => boolean;

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const isTimestamp = (value: Json): value is string =>
  typeof value === 'string' && RFC3339.test(value) && !Number.isNaN(Date.parse(value));

/** `*` stands for any run of characters, `\*` for itself. */
function wild(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|\*|[\s\S]/gu, (part, escaped: string | undefined) =>
    part === '*' ? '[\\s\\S]*' : (escaped ?? part).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
  );
  return new RegExp(`^${source}$`, 'u');
}

const ORDER: Record<string, (difference: number) => boolean> = {
  Equals: (d) => d === 0,
  LessThan: (d) => d < 0,
  LessThanEquals: (d) => d <= 0,
  GreaterThan: (d) => d > 0,
  GreaterThanEquals: (d) => d >= 0,
};

const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

/** Values of another type than the operator's never match: `NumericLessThan` is false for `"3"`. */
const COMPARE: Record<string, (a: Json, b: Json) => number> = {
  String: (a, b) => (typeof a === 'string' && typeof b === 'string' ? compare(a, b) : Number.NaN),
  Numeric: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : Number.NaN),
  Timestamp: (a, b) =>
    isTimestamp(a) && isTimestamp(b) ? Date.parse(a) - Date.parse(b) : Number.NaN,
};

const TESTS: Record<string, Test> = {
  BooleanEquals: (value, expected) => typeof value === 'boolean' && value === expected,
  StringMatches: (value, pattern) =>
    typeof value === 'string' && typeof pattern === 'string' && wild(pattern).test(value),
  IsNull: (value, expected) => (value === null) === expected,
  IsNumeric: (value, expected) => (typeof value === 'number') === expected,
  IsString: (value, expected) => (typeof value === 'string') === expected,
  IsBoolean: (value, expected) => (typeof value === 'boolean') === expected,
  IsTimestamp: (value, expected) => isTimestamp(value) === expected,
};
for (const [kind, difference] of Object.entries(COMPARE))
  for (const [order, holds] of Object.entries(ORDER))
    TESTS[kind + order] = (value, expected) => holds(difference(value, expected));

const NO_PATH_FORM = /^Is|^StringMatches$/;

/** Every comparison operator, with its `…Path` form where AWS has one. */
export const OPERATORS: ReadonlySet<string> = new Set([
  'IsPresent',
  ...Object.keys(TESTS),
  ...Object.keys(TESTS)
    .filter((name) => !NO_PATH_FORM.test(name))
    .map((name) => `${name}Path`),
]);

/** Whether the rule holds. A Variable that is not there ends the execution, unless IsPresent asks. */
export function holds(rule: ChoiceRule, input: Json, context: Json): boolean {
  if (rule.And) return rule.And.every((part) => holds(part, input, context));
  if (rule.Or) return rule.Or.some((part) => holds(part, input, context));
  if (rule.Not) return !holds(rule.Not, input, context);
  const variable = rule.Variable ?? '$';
  const value = find(variable, input, context);
  const operator = Object.keys(rule).find((key) => OPERATORS.has(key)) ?? '';
  const operand = rule[operator] as Json;
  if (operator === 'IsPresent') return (value !== undefined) === operand;
  if (value === undefined)
    throw runtimeFailure(
      `Invalid path '${variable}': The choice state's condition path references an invalid value.`,
    );
  const test = TESTS[operator.replace(/Path$/, '')];
  if (!test) throw runtimeFailure(`${operator} is not an operator`);
  const expected = operator.endsWith('Path')
    ? get(String(operand), input, context, operator)
    : operand;
  return test(value, expected);
}
