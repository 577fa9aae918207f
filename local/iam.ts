// IAM on this machine: may this caller do that? What a template does not grant is denied, as it would be after deploy.
import { createHash } from 'node:crypto';
import type { Principal } from './aws.ts';
import { AwsError } from './aws-error.ts';
import type { Need } from './needs.ts';
import type { Plan, Statement } from './plan.ts';
import { Refusal } from './refusal.ts';

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

const fits = (
  { actions, resources, conditions }: Statement,
  { action, resource, context = {} }: Need,
) =>
  actions.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
  resources.some((pattern) => like(pattern, resource)) &&
  Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const given = context[key];
      const test = OPERATORS[operator];
      return (
        given !== undefined && test !== undefined && values.some((value) => test(value, given))
      );
    }),
  );

/** `*` any text, `?` any character. */
function like(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}

const OPERATORS: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
};

/** The condition keys that a Need tells the value of. */
const KEYS = ['events:source', 'events:detail-type'];

/** Throws a Refusal for a condition that `authorize` could not weigh. */
export function refuseConditions(plan: Plan): void {
  for (const { policy, origin } of [...plan.functions, ...plan.machines]) {
    const path = `${origin.path}.Properties.Policies`;
    for (const [operator, keys] of policy.flatMap(({ conditions }) => Object.entries(conditions))) {
      if (!Object.hasOwn(OPERATORS, operator))
        throw new Refusal(origin.file, path, operator, 'this condition operator is not supported');
      for (const key of Object.keys(keys))
        if (!KEYS.includes(key))
          throw new Refusal(origin.file, path, key, 'this condition key is not supported');
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
