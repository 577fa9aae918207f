// IAM policies as templates write them, reduced to statements: what a function or a state machine may do.

import { checkAllowed, noted } from './allow-list.ts';
import type { Cursor } from './cursor.ts';
import type { Statement } from './plan.ts';

/** Grants nothing but writing logs, which needs no permission on this machine. */
const BASIC_EXECUTION = /^(arn:aws:iam::aws:policy\/service-role\/)?AWSLambdaBasicExecutionRole$/;

const STATEMENT = {
  Effect: 'read',
  Action: 'read',
  Resource: 'read',
  Condition: 'read',
  ...noted('Sid'),
} as const;

const DOCUMENT = { Statement: [STATEMENT], ...noted('Version Id') } as const;

/**
 * SAM's `Policies`: policy documents, and ARNs of managed policies.
 * @param managed statements of the template's own managed policies, by ARN
 */
export function readPolicies(policies: Cursor, managed: Map<string, Statement[]>): Statement[] {
  return policies.items().flatMap((policy) => {
    if (typeof policy.value === 'string') return managedPolicy(policy, managed);
    if (!policy.at('Statement').present)
      throw policy.refuse('SAM policy templates are not supported: write the statements');
    return readDocument(policy);
  });
}

/** `ManagedPolicyArns` of a role, one of them. */
export function managedPolicy(policy: Cursor, managed: Map<string, Statement[]>): Statement[] {
  const statements = managed.get(policy.text());
  if (!statements && !BASIC_EXECUTION.test(policy.text()))
    throw policy.refuse('is a managed policy this machine does not know: write the statements');
  return statements ?? [];
}

export function readDocument(document: Cursor): Statement[] {
  checkAllowed(document, DOCUMENT);
  return document.at('Statement').items().map(readStatement);
}

function readStatement(statement: Cursor): Statement {
  const conditions = statement.at('Condition').entries();
  const listed = (key: string) => {
    const cursor = statement.at(key);
    if (!cursor.present) throw cursor.refuse('is required');
    return cursor.texts();
  };
  return {
    effect: statement.at('Effect').oneOf(['Allow', 'Deny']),
    actions: listed('Action'),
    resources: listed('Resource'),
    conditions: Object.fromEntries(
      conditions.map(([operator, keys]) => [
        operator,
        Object.fromEntries(keys.entries().map(([key, values]) => [key, values.texts()])),
      ]),
    ),
  };
}
