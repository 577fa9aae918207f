// The rules of all buses, compiled: all of them or a refusal, so that a broken save changes nothing.

import type { BusPlan, RulePlan, TargetPlan } from '../cloudformation/plan.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import { Refusal } from '../refusal.ts';
import { compile } from './pattern.ts';
import { targetName } from './targets.ts';
import { compileInput, type TargetInput } from './transformer.ts';

export interface BusesPlan {
  buses: BusPlan[];
  rules: RulePlan[];
  region: string;
  account: string;
}

export interface CompiledRule {
  plan: RulePlan;
  matches: (event: unknown) => boolean;
  targets: { plan: TargetPlan; name: string; input: TargetInput }[];
}

/** Quotas of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: characters, targets a rule. */
const LONGEST_PATTERN = 2048;
const MOST_TARGETS = 5;

/** Throws a Refusal that names the rule's file and path. */
export function compileRules({ buses, rules }: BusesPlan): CompiledRule[] {
  const known = new Set(['default', ...buses.map(({ name }) => name)]);
  return rules.map((plan) => {
    const refuse = (value: unknown, why: string) =>
      new Refusal(plan.origin.file, plan.origin.path, value, why);
    const attempt = <T>(value: unknown, compiled: () => T): T => {
      try {
        return compiled();
      } catch (error) {
        if (error instanceof AwsError) throw refuse(value, error.message);
        throw error;
      }
    };

    if (!known.has(plan.busName)) throw refuse(plan.busName, 'no such event bus');
    if (JSON.stringify(plan.pattern).length > LONGEST_PATTERN)
      throw refuse(plan.pattern, `the pattern is longer than ${LONGEST_PATTERN} characters`);
    if (plan.targets.length > MOST_TARGETS)
      throw refuse(plan.targets.length, `a rule has at most ${MOST_TARGETS} targets`);
    const matches = attempt(plan.pattern, () => compile(plan.pattern));
    const targets = plan.targets.map((target) => {
      const name = targetName(target.arn);
      if (!name) throw refuse(target.arn, 'a target is a function, a state machine or a queue');
      const { id, input, inputPath, inputTransformer } = target;
      const shown = { id, input, inputPath, inputTransformer };
      return { plan: target, name, input: attempt(shown, () => compileInput(target, plan)) };
    });
    return { plan, matches, targets };
  });
}
