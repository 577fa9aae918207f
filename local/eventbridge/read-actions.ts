// What one may ask the bus: its buses, rules and targets, and whether a pattern would match.

import type { TargetPlan } from '../cloudformation/plan.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import { limitIn, pageOf } from '../endpoint/paging.ts';
import { parseJson } from '../endpoint/parse-json.ts';
import { compile } from './pattern.ts';
import type { BusesPlan } from './rules.ts';

type Input = Record<string, unknown>;
type Question = (input: Input, plan: BusesPlan) => Record<string, unknown>;

/** By action, as https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html describes them. */
export const QUESTIONS: Record<string, Question> = {
  TestEventPattern: testEventPattern,
  ListEventBuses(input, plan) {
    const buses = named(allBuses(plan), input).map(({ name, arn }) => ({ Name: name, Arn: arn }));
    return page('EventBuses', buses, ({ Name }) => Name, input);
  },
  DescribeEventBus(input, plan) {
    const { name, arn } = bus(input.Name, plan);
    return { Name: name, Arn: arn };
  },
  ListRules(input, plan) {
    const rules = named(rulesOf(input, plan), input).map(
      ({ name, arn, pattern, enabled, busName }) => ({
        Name: name,
        Arn: arn,
        EventPattern: JSON.stringify(pattern),
        State: enabled ? 'ENABLED' : 'DISABLED',
        EventBusName: busName,
      }),
    );
    return page('Rules', rules, ({ Name }) => Name, input);
  },
  ListRuleNamesByTarget(input, plan) {
    if (typeof input.TargetArn !== 'string') throw invalid('TargetArn', 'it must be a string');
    const names = rulesOf(input, plan)
      .filter(({ targets }) => targets.some(({ arn }) => arn === input.TargetArn))
      .map(({ name }) => name);
    return page('RuleNames', names, (name) => name, input);
  },
  ListTargetsByRule(input, plan) {
    const rule = rulesOf(input, plan).find(({ name }) => name === input.Rule);
    if (!rule) throw notFound(`Rule ${input.Rule} does not exist on EventBus ${busNameOf(input)}.`);
    return page('Targets', rule.targets.map(targetOf), ({ Id }) => Id, input);
  },
};

/** The last part of a bus's ARN, or the name itself. */
export function busNameFrom(nameOrArn: string): string {
  return nameOrArn.split('event-bus/').at(-1) ?? nameOrArn;
}

function testEventPattern({ EventPattern, Event }: Input) {
  const matches = compile(parsed(EventPattern, 'EventPattern', 'InvalidEventPatternException'));
  const event = parsed(Event, 'Event', 'ValidationException');
  const mandatory = 'id account source time region resources detail-type'.split(' ');
  const missing = mandatory.filter(
    (field) => typeof event !== 'object' || event === null || !Object.hasOwn(event, field),
  );
  if (missing.length > 0) throw invalid('Event', `missing ${missing.join(', ')}`);
  return { Result: matches(event) };
}

function parsed(text: unknown, parameter: string, code: string): unknown {
  if (typeof text !== 'string') throw invalid(parameter, 'it must be a string');
  try {
    return parseJson(text);
  } catch {
    throw new AwsError(code, `${parameter} is not valid JSON.`);
  }
}

function allBuses({ buses, region, account }: BusesPlan): { name: string; arn: string }[] {
  if (buses.some(({ name }) => name === 'default')) return buses;
  const arn = `arn:aws:events:${region}:${account}:event-bus/default`;
  return [{ name: 'default', arn }, ...buses];
}

function bus(nameOrArn: unknown, plan: BusesPlan) {
  const name = busNameFrom(String(nameOrArn ?? 'default'));
  const found = allBuses(plan).find((one) => one.name === name);
  if (!found) throw notFound(`Event bus ${name} does not exist.`);
  return found;
}

function rulesOf(input: Input, plan: BusesPlan) {
  const { name } = bus(input.EventBusName, plan);
  return plan.rules.filter(({ busName }) => busName === name);
}

function busNameOf(input: Input) {
  return busNameFrom(String(input.EventBusName ?? 'default'));
}

function named<T extends { name: string }>(things: T[], { NamePrefix }: Input): T[] {
  return things.filter(({ name }) => name.startsWith(String(NamePrefix ?? '')));
}

/** One page of a list: `Limit` (1 to 100, which is also the default) items from `NextToken` on. */
function page<T>(
  field: string,
  list: T[],
  keyOf: (item: T) => string,
  input: Input,
): Record<string, unknown> {
  const { items, token } = pageOf(list, keyOf, {
    limit: limitIn(input, 'Limit', { least: 1, most: 100, otherwise: 100 }),
    token: input.NextToken,
    badToken: () => invalid('NextToken', 'it was not given out for this list'),
  });
  return { [field]: items, NextToken: token };
}

function targetOf(target: TargetPlan) {
  return {
    Id: target.id,
    Arn: target.arn,
    Input: target.input,
    InputPath: target.inputPath,
    InputTransformer: target.inputTransformer && {
      InputPathsMap: target.inputTransformer.inputPathsMap,
      InputTemplate: target.inputTransformer.inputTemplate,
    },
    RetryPolicy: {
      MaximumRetryAttempts: target.maximumRetryAttempts,
      MaximumEventAgeInSeconds: target.maximumEventAgeS,
    },
    DeadLetterConfig: target.deadLetterArn && { Arn: target.deadLetterArn },
  };
}

function invalid(parameter: string, why: string): AwsError {
  return new AwsError('ValidationException', `Parameter ${parameter} is not valid. Reason: ${why}`);
}

function notFound(what: string): AwsError {
  return new AwsError('ResourceNotFoundException', what);
}
