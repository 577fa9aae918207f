// `Events` of a SAM function or state machine: each becomes a rule with one target, named as SAM's transform names it.

import { checkAllowed } from '../allow-list.ts';
import { EVENTS, readRule, readTarget } from '../event-rule.ts';
import { isMapping, type Mapping } from '../source.ts';
import { busNameOf } from './event-bus.ts';
import type { Draft, Generated, Resource } from './kind.ts';

/** The rule of each event: `<LogicalId><Event>`. */
export function generatedRules(logicalId: string, properties: Mapping): Generated[] {
  const events = isMapping(properties.Events) ? properties.Events : {};
  return Object.entries(events).map(([event, written]) => {
    const given = isMapping(written) && isMapping(written.Properties) ? written.Properties : {};
    return {
      logicalId: `${logicalId}${event}`,
      type: 'AWS::Events::Rule',
      properties: {
        ...(given.RuleName === undefined ? {} : { Name: given.RuleName }),
        ...(given.EventBusName === undefined ? {} : { EventBusName: given.EventBusName }),
      },
    };
  });
}

/** @param suffix what SAM ends the target's id with; ids are cut at EventBridge's 64 characters. */
export function readEvents(
  { logicalId, properties, named }: Resource,
  targetArn: string,
  suffix: 'LambdaTarget' | 'StepFunctionsTarget',
  { plan }: Draft,
): void {
  for (const [event, cursor] of properties.at('Events').entries()) {
    checkAllowed(cursor, EVENTS);
    cursor.at('Type').oneOf(['EventBridgeRule']);
    const rule = cursor.at('Properties');
    const ruleId = `${logicalId}${event}`;
    const targetId = rule
      .at('Target')
      .at('Id')
      .text(`${ruleId.slice(0, 64 - suffix.length)}${suffix}`);
    plan.rules.push({
      ...readRule(rule, rule.at('Pattern')),
      name: named(ruleId).ref,
      arn: named(ruleId).attribute('Arn'),
      busName: busNameOf(rule.at('EventBusName').text('default')),
      targets: [readTarget(rule, targetId, targetArn)],
      origin: cursor.origin,
    });
  }
}
