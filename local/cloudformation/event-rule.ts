// Rules of EventBridge, however a template writes them: AWS::Events::Rule, or an EventBridgeRule event of SAM.

import { noted } from './allow-list.ts';
import type { Cursor } from './cursor.ts';
import type { RulePlan, TargetPlan } from './plan.ts';

/** What a target may say besides its Id and Arn. */
export const TARGET = {
  Input: 'read',
  InputPath: 'read',
  InputTransformer: { InputPathsMap: 'read', InputTemplate: 'read' },
  RetryPolicy: { MaximumEventAgeInSeconds: 'read', MaximumRetryAttempts: 'read' },
  DeadLetterConfig: { Arn: 'read' },
} as const;

/** `Events` of a function or a state machine. */
export const EVENTS = {
  Type: 'read',
  Properties: {
    Pattern: 'read',
    EventBusName: 'read',
    RuleName: 'read',
    State: 'read',
    Target: { Id: 'read' },
    ...TARGET,
    ...noted('Description'),
  },
} as const;

export function readRule(
  rule: Cursor,
  pattern: Cursor,
): Pick<RulePlan, 'pattern' | 'enabled' | 'origin'> {
  return {
    pattern: pattern.mapping(),
    enabled: rule.at('State').oneOf(['ENABLED', 'DISABLED'], 'ENABLED') === 'ENABLED',
    origin: rule.origin,
  };
}

/** Limits: the EventBridge API reference, RetryPolicy and Target. */
export function readTarget(target: Cursor, id: string, arn: string): TargetPlan {
  const inputs = ['Input', 'InputPath', 'InputTransformer'].filter((key) => target.at(key).present);
  if (inputs.length > 1) throw target.refuse(`has ${inputs.join(' and ')}: only one is allowed`);
  const retry = target.at('RetryPolicy');
  const deadLetter = target.at('DeadLetterConfig');
  return {
    id,
    arn,
    ...(target.at('Input').present ? { input: jsonText(target.at('Input')) } : {}),
    ...(target.at('InputPath').present ? { inputPath: target.at('InputPath').text() } : {}),
    ...readTransformer(target.at('InputTransformer')),
    maximumEventAgeS: retry
      .at('MaximumEventAgeInSeconds')
      .integer({ min: 60, max: 86_400, fallback: 86_400 }),
    maximumRetryAttempts: retry
      .at('MaximumRetryAttempts')
      .integer({ min: 0, max: 185, fallback: 185 }),
    ...(deadLetter.present ? { deadLetterArn: deadLetter.at('Arn').text() } : {}),
  };
}

function readTransformer(transformer: Cursor): Pick<TargetPlan, 'inputTransformer'> {
  if (!transformer.present) return {};
  const paths = transformer.at('InputPathsMap').entries();
  return {
    inputTransformer: {
      inputPathsMap: Object.fromEntries(paths.map(([name, path]) => [name, path.text()])),
      inputTemplate: transformer.at('InputTemplate').text(),
    },
  };
}

function jsonText(input: Cursor): string {
  const text = input.text();
  try {
    JSON.parse(text);
  } catch (error) {
    throw input.refuse(`is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  return text;
}
