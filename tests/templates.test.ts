// What the templates come to for the parameters that a deployment gives them.

import { readFileSync } from 'node:fs';
import { join, resolve as resolvePath } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { evaluateCondition } from '../local/template/conditions.ts';
import { resolve, type Scope } from '../local/template/intrinsics.ts';
import { readParameters } from '../local/template/parameters.ts';
import { isMapping, type Mapping, type Value } from '../local/template/source.ts';
import { parseTemplate } from '../local/template/yaml.ts';

const ROOT = resolvePath(import.meta.dirname, '..');

/** The resources of a stack whose own attributes and properties refer to no other resource. @throws Refusal for a parameter that is not allowed. */
function resourcesOf(stack: string, given: Record<string, string>): (id: string) => Mapping {
  const file = join(ROOT, stack, 'template.yaml');
  const source = parseTemplate(readFileSync(file, 'utf8'), file, ROOT);
  const parameters = readParameters(source, given);
  const section = (name: string): Mapping => {
    const found = source.data[name];
    if (!isMapping(found)) throw new Error(`${stack} has no ${name}`);
    return found;
  };
  const scope: Scope = {
    source,
    ref: (name) => (name === 'AWS::NoValue' ? undefined : (parameters.get(name) ?? name)),
    getAtt: (id, attribute) => `${id}.${attribute}`,
    importValue: (name) => name,
    condition: (name, path) => evaluateCondition(section('Conditions')[name], path, scope),
    mapping: (_, path) => {
      throw source.refuse(path, null, 'has no mapping here');
    },
  };
  return (id) => {
    const resource: Value | undefined = resolve(section('Resources')[id] ?? null, [id], scope);
    if (!isMapping(resource)) throw new Error(`${stack} has no resource ${id}`);
    return resource;
  };
}

describe('budget', () => {
  const budget = (thresholds: string) =>
    resourcesOf('budget', { AlarmEmail: 'you@example.com', ThresholdsUsd: thresholds })(
      'MonthlyBudget',
    );

  test.each(['1', '0.5', '1,5', '0.05,1.50,20', '1,2,3,4', '0.5,1,5,20,1000000'])(
    'of the thresholds %s each is an absolute amount and has its own mail',
    (thresholds) => {
      const amounts = thresholds.split(',');
      expect(budget(thresholds).Properties).toMatchObject({
        Budget: { BudgetLimit: { Amount: amounts[0], Unit: 'USD' }, TimeUnit: 'MONTHLY' },
        NotificationsWithSubscribers: amounts.map((amount) => ({
          Notification: { ThresholdType: 'ABSOLUTE_VALUE', Threshold: amount },
          Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'you@example.com' }],
        })),
      });
    },
  );

  test.each(['', '0', '0.00', '1,', ',1', '1, 5', '1,2,3,4,5,6', '1.234', '-1', '1e3', 'none'])(
    'the thresholds %j are refused',
    (thresholds) => {
      expect(() => budget(thresholds)).toThrow('AllowedPattern');
    },
  );

  test('CloudFormation names the budget, so that it can replace it for other thresholds', () => {
    expect(budget('1').Properties).not.toHaveProperty(['Budget', 'BudgetName']);
  });

  test('no other stack has a resource that most Regions lack', () => {
    for (const stack of ['shared', 'api', 'workflows', 'front', 'identity'])
      expect(readFileSync(join(ROOT, stack, 'template.yaml'), 'utf8')).not.toContain(
        'AWS::Budgets',
      );
  });
});

describe('alarm address', () => {
  test.each(['shared', 'budget'])('%s takes one address and refuses what is none', (stack) => {
    const given = (address: string) => () => resourcesOf(stack, { AlarmEmail: address });
    expect(given('you+hubbub@mail.example.com')).not.toThrow();
    for (const wrong of ['you', 'you@example', 'a@example.com,b@example.com', 'a @example.com'])
      expect(given(wrong)).toThrow('AllowedPattern');
  });

  test('shared deploys without one, the budget does not', () => {
    expect(resourcesOf('shared', {})('AlarmTopic').Properties).toEqual({});
    expect(() => resourcesOf('budget', {})).toThrow('was given no value');
  });
});
