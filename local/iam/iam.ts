// IAM on this machine: may this caller do that? What a template does not grant is denied, as it would be after deploy.
import { createHash } from 'node:crypto';
import type { Plan, Statement } from '../cloudformation/plan.ts';
import type { Principal } from '../endpoint/aws.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import { Refusal } from '../refusal.ts';
import type { Need } from './required-permissions.ts';

/** AWS's own answer names caller, action and resource. */
export function authorize(caller: Principal | undefined, needs: Need[]): void {
  if (caller === undefined) return;
  for (const need of needs) {
    if (!allows(caller.policy, need)) {
      throw new AwsError(
        'AccessDeniedException',
        `User: ${caller.name} is not authorized to perform: ${need.action} on resource: ${need.resource} because no identity-based policy allows the ${need.action} action`,
        403,
      );
    }
  }
}

/** An explicit Deny wins; without an Allow the answer is no (docs: IAM, "Policy evaluation logic"). */
export function allows(policy: Statement[], need: Need): boolean {
  const fitting = policy.filter((statement) => fits(statement, need));
  return (
    fitting.some(({ effect }) => effect === 'Allow') &&
    !fitting.some(({ effect }) => effect === 'Deny')
  );
}

type Test<T> = (value: T) => boolean;

interface Compiled {
  action: Test<string>[];
  resource: Test<string>[];
  conditions: Test<NonNullable<Need['context']>>[];
}

/** Every call of a function asks for its policy, so each statement is compiled once. */
const compiled = new WeakMap<Statement, Compiled>();

function fits(statement: Statement, { action, resource, context = {} }: Need): boolean {
  const known = compiled.get(statement) ?? compile(statement);
  compiled.set(statement, known);
  const name = action.toLowerCase();
  return (
    known.action.some((test) => test(name)) &&
    known.resource.some((test) => test(resource)) &&
    known.conditions.every((test) => test(context))
  );
}

const compile = ({ actions, resources, conditions }: Statement): Compiled => ({
  action: actions.map((pattern) => like(pattern.toLowerCase())),
  resource: resources.map(like),
  conditions: Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => condition(operator, key, values)),
  ),
});

/**
 * One operator on one key. Without the key, ForAllValues holds and every other operator fails, except Null.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function condition(
  operator: string,
  key: string,
  values: string[],
): Test<NonNullable<Need['context']>> {
  const { quantifier, name } = readOperator(operator);
  if (name === NULL) {
    const wanted = values.map((value) => value.toLowerCase());
    return (context) => wanted.includes(String(context[key] === undefined));
  }
  const tests = values.map((value) => OPERATORS[name]?.(value) ?? (() => false));
  const one: Test<string> = (value) => tests.some((test) => test(value));
  return (context) => {
    const given = context[key];
    const all = given === undefined ? [] : [given].flat();
    return quantifier === 'ForAllValues' ? all.every(one) : all.some(one);
  };
}

function readOperator(operator: string): { quantifier?: string; name: string } {
  const [, quantifier, name = operator] = /^(ForAllValues|ForAnyValue):(.*)$/.exec(operator) ?? [];
  return quantifier === undefined ? { name } : { quantifier, name };
}

/** `*` any text, `?` any character. */
function like(pattern: string): Test<string> {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const whole = new RegExp(`^${source}$`, 's');
  return (value) => whole.test(value);
}

/** `Null`: "true" wants the key absent, "false" wants it there. */
const NULL = 'Null';

const OPERATORS: Record<string, (pattern: string) => Test<string>> = {
  StringEquals: (pattern) => (value) => pattern === value,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
};

/** The condition keys that a Need tells the value of, and whether they have several. */
const KEYS: Record<string, 'one value' | 'several values'> = {
  'events:source': 'one value',
  'events:detail-type': 'one value',
  'dynamodb:LeadingKeys': 'several values',
};

/** Throws a Refusal for a condition that `authorize` could not weigh. */
export function refuseConditions(plan: Plan): void {
  for (const { policy, origin } of [...plan.functions, ...plan.machines]) {
    const path = `${origin.path}.Properties.Policies`;
    for (const [operator, keys] of policy.flatMap(({ conditions }) => Object.entries(conditions))) {
      const { quantifier, name } = readOperator(operator);
      const isKnown = name === NULL ? quantifier === undefined : Object.hasOwn(OPERATORS, name);
      if (!isKnown)
        throw new Refusal(origin.file, path, operator, 'this condition operator is not supported');
      for (const key of Object.keys(keys)) {
        const values = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
        if (values === undefined)
          throw new Refusal(origin.file, path, key, 'this condition key is not supported');
        if (name !== NULL && (quantifier !== undefined) !== (values === 'several values'))
          throw new Refusal(origin.file, path, `${operator} ${key}`, `the key has ${values}`);
      }
    }
  }
}

/** The key a function signs with: it tells who calls. Not a secret: nothing outside this machine knows it. */
export function keyOf({ arn }: { arn: string }): { accessKeyId: string; secretAccessKey: string } {
  const hash = createHash('sha256').update(arn).digest('hex');
  return { accessKeyId: `ASIA${hash.slice(0, 16).toUpperCase()}`, secretAccessKey: hash };
}

/** Who signs with which key. A key that is nobody's is the developer's, who may do all. */
export function callersOf(plan: Plan): Map<string, Principal> {
  return new Map(
    plan.functions.map((each) => [
      keyOf(each).accessKeyId,
      { name: each.name, policy: each.policy },
    ]),
  );
}
