// What the emulator lacks is dropped by name, and nothing else is touched.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fitTemplate, MATH, MISSING_CONDITION_KEYS, MISSING_TYPES } from './fit-template.ts';

const endpoint = 'http://127.0.0.1:4567';
const statement = (Condition?: object) => ({
  Effect: 'Allow',
  Action: 'events:PutEvents',
  Resource: '*',
  ...(Condition === undefined ? {} : { Condition }),
});
const table = () => ({ Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'kept' } });

test('types and alarms that it has not are dropped, each with a line', () => {
  const template = {
    Resources: {
      Archive: { Type: 'AWS::Events::Archive' },
      Math: { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: [] } },
      Plain: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } },
      Table: table(),
    },
  };
  expect(fitTemplate(template, endpoint, 'qa')).toEqual([
    'dropped Archive: no AWS::Events::Archive',
    'dropped Math: no metric math in alarms',
  ]);
  expect(Object.keys(template.Resources)).toEqual(['Plain', 'Table']);
  expect(template.Resources.Table).toEqual(table());
});

test('a stack that would be empty keeps a resource', () => {
  const template = { Resources: { Budget: { Type: 'AWS::Budgets::Budget' } } };
  fitTemplate(template, endpoint, 'qa');
  expect(template.Resources).toEqual({
    Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
  });
});

test('a condition loses the keys that it does not know, and keeps the others', () => {
  const policy = [
    statement({ StringEquals: { 'events:source': 'chat.api', 'aws:PrincipalOrgID': 'o' } }),
    statement({ StringEquals: { 'events:source': 'chat.api' } }),
    statement(),
  ];
  const template = { Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { policy } } } };
  const changes = fitTemplate(template, endpoint, 'qa');
  expect(changes).toHaveLength(2);
  expect(changes[0]).toBe(
    'Role.policy.0: dropped the condition on events:source, which the emulator does not know',
  );
  expect(policy).toEqual([
    statement({ StringEquals: { 'aws:PrincipalOrgID': 'o' } }),
    statement({}),
    statement(),
  ]);
});

test('the stage is the default, and posts go back to the emulator', () => {
  const template = {
    Parameters: { Stage: { Default: 'dev' } },
    Resources: { Table: table() },
    Outputs: { CallbackUrl: { Value: 'https://aws' }, WebSocketUrl: { Value: 'wss://aws' } },
  };
  fitTemplate(template, endpoint, 'qa');
  expect(template.Parameters.Stage.Default).toBe('qa');
  expect(template.Outputs).toEqual({
    CallbackUrl: { Value: { 'Fn::Sub': `${endpoint}/_aws/execute-api/\${ChatApi}/\${Stage}` } },
    WebSocketUrl: { Value: 'wss://aws' },
  });
});

test('docs/operations.md lists what is dropped, and nothing else', () => {
  const runbook = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const [, list = ''] = /MiniStack lacks these, so[^:]*:\n\n((?:- .*\n)+)/.exec(runbook) ?? [];
  const named = [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(named.toSorted()).toEqual([...MISSING_TYPES, ...MISSING_CONDITION_KEYS, MATH].toSorted());
});
