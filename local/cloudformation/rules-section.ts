// The Rules section: which values of parameters go together, checked before anything is made, as CloudFormation does.
import { checkAllowed } from './allow-list.ts';
import { evaluateCondition } from './conditions.ts';
import { Cursor } from './cursor.ts';
import type { Scope } from './intrinsics.ts';

const RULE = {
  RuleCondition: 'read',
  Assertions: [{ Assert: 'read', AssertDescription: 'read' }],
} as const;

/** @throws Refusal at the first assertion that does not hold, with the words that the template has for it. */
export function checkRules(scope: Scope): void {
  const section = new Cursor(scope.source, ['Rules'], scope.source.data.Rules);
  for (const [, rule] of section.entries()) {
    checkAllowed(rule, RULE);
    const holds = ({ value, path }: Cursor) => evaluateCondition(value, path, scope);
    const condition = rule.at('RuleCondition');
    if (condition.present && !holds(condition)) continue;
    for (const assertion of rule.at('Assertions').items()) {
      if (holds(assertion.at('Assert'))) continue;
      const words = assertion.at('AssertDescription').text('does not hold');
      throw scope.source.refuse(assertion.path, undefined, words);
    }
  }
}
