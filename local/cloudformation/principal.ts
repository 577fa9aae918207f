// Whose policy a function or a state machine runs with: its own Policies, or those of the Role it names.

import type { Cursor } from './cursor.ts';
import type { Statement } from './plan.ts';
import { readPolicies } from './policies.ts';

/** With `Role` SAM makes no role of its own, so `Policies` beside it would be lost: that is refused. */
export function readPolicyOf(properties: Cursor, known: Map<string, Statement[]>): Statement[] {
  const role = properties.at('Role');
  if (!role.present) return readPolicies(properties.at('Policies'), known);
  if (properties.at('Policies').present)
    throw properties.at('Policies').refuse('has no effect beside Role');
  const statements = known.get(role.text());
  if (!statements) throw role.refuse('is not a role of these templates');
  return statements;
}
