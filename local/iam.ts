// IAM on this machine: may this caller do that? What a template does not grant is denied, as it would be after deploy.
import { createHash } from 'node:crypto';
import type { Principal, Service } from './aws.ts';
import { AwsError } from './aws-error.ts';
import type { Plan, Statement } from './plan.ts';
import { Refusal } from './refusal.ts';

/** One permission that a call needs. */
export interface Need {
  action: string;
  resource: string;
  /** Condition keys of the request, e.g. `events:source`. */
  context?: Record<string, string>;
}

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

/** Throws a Refusal for a condition that `authorize` could not weigh. */
export function refuseConditions(plan: Plan): void {
  for (const { policy, origin } of [...plan.functions, ...plan.machines]) {
    for (const operator of policy.flatMap(({ conditions }) => Object.keys(conditions))) {
      if (operator in OPERATORS) continue;
      throw new Refusal(
        origin.file,
        `${origin.path}.Properties.Policies`,
        operator,
        'this condition operator is not supported',
      );
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

/** Which permissions an API action needs on which of the plan's resources. */
export function needsOf(
  plan: Plan,
  service: Service,
  action: string,
  input: Record<string, unknown>,
): Need[] {
  const named = (list: { name: string; arn: string }[], name: unknown) =>
    list.find((each) => each.name === name || each.arn === name)?.arn ?? String(name);
  switch (service) {
    case 'dynamodb': {
      const tables =
        input.TableName === undefined ? Object.keys(Object(input.RequestItems)) : [input.TableName];
      return tables.map((table) => ({
        action: `dynamodb:${action}`,
        resource: named(plan.tables, table),
      }));
    }
    case 'events': {
      const entries = Array.isArray(input.Entries)
        ? (input.Entries as Record<string, unknown>[])
        : [];
      return entries.map((entry) => ({
        action: `events:${action}`,
        resource: named(plan.buses, entry.EventBusName),
        context: {
          'events:source': String(entry.Source),
          'events:detail-type': String(entry.DetailType),
        },
      }));
    }
    case 'lambda':
      return [
        { action: 'lambda:InvokeFunction', resource: named(plan.functions, input.FunctionName) },
      ];
    case 'sqs':
      return [
        {
          action: `sqs:${action}`,
          resource: named(plan.queues, String(input.QueueUrl).split('/').at(-1)),
        },
      ];
    case 'states':
      return [
        {
          action: `states:${action}`,
          resource: String(input.stateMachineArn ?? input.executionArn ?? '*'),
        },
      ];
    case 'execute-api':
      return [
        {
          action: 'execute-api:ManageConnections',
          resource: `arn:aws:execute-api:${plan.region}:${plan.account}:${input.apiId}/${input.stage}/${action}/@connections/${input.connectionId}`,
        },
      ];
  }
}
