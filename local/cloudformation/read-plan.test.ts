// The repository's own four templates: read whole, and nothing in them left out.

import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { refusalOf } from '../testing/templates.ts';
import { readPlan } from './read-plan.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the four templates', () => {
  const plan = readPlan(ROOT, {
    stage: 'dev',
    awsEndpoint: 'http://127.0.0.1:4566',
    webSocketEndpoint: 'ws://127.0.0.1:3000',
  });

  test('make one bus, one API, one site, and a dead-letter queue for every target', () => {
    expect(plan.buses).toHaveLength(1);
    expect(plan.apis).toHaveLength(1);
    expect(plan.site.index).toBe('index.html');
    // A word about typing that comes late is not worth keeping.
    const kept = plan.rules.filter(({ name }) => !/typing/i.test(name));
    expect(kept).toHaveLength(plan.rules.length - 1);
    for (const { deadLetterArn } of kept.flatMap((rule) => rule.targets))
      expect(plan.queues.map(({ arn }) => arn)).toContain(deadLetterArn);
  });

  test('name no deployed host in what this machine runs', () => {
    const run = JSON.stringify([plan.functions.map((it) => it.environment), plan.site.headers]);
    expect(run).not.toContain('amazonaws.com');
    expect(run).toContain('http://127.0.0.1:4566/dev');
    expect(run).toContain('ws://127.0.0.1:3000');
  });

  test('live side by side as stages: no name or export of one is in the other', () => {
    const other = readPlan(ROOT, { stage: 'prod' });
    const names = new Set(Object.keys(plan.exports));
    expect(Object.keys(other.exports).filter((name) => names.has(name))).toEqual([]);
    const arns = new Set([...plan.tables, ...plan.functions, ...plan.machines].map((it) => it.arn));
    expect(other.tables.filter(({ arn }) => arns.has(arn))).toEqual([]);
  });

  test('are the same plan each time they are read', () => {
    expect(readPlan(ROOT, { stage: 'dev' })).toEqual(readPlan(ROOT, { stage: 'dev' }));
  });
});

const LOGS = 'Resources: { Logs: { Type: AWS::Logs::LogGroup } }\n';

test.each([
  ['Hooks: {}', /^api\/template\.yaml:2:1: Hooks/],
  ['Transform: AWS::Include', /^api\/template\.yaml:2:1: Transform/],
  ['Globals: { Function: { Timeout: 1 } }', /^api\/template\.yaml:2:1: Globals/],
  ['AWSTemplateFormatVersion: 2011-01-01', /AWSTemplateFormatVersion/],
  ['Resources: {}', /^api\/template\.yaml:2:1: YAML: Map keys must be unique/],
  ['Description: [', /^api\/template\.yaml:\d+:\d+: YAML/],
])('a template with %s is refused at its line', (section, message) => {
  expect(refusalOf({ 'api/template.yaml': `${LOGS}${section}\n` }).message).toMatch(message);
});

test.each([
  ['AWS::EC2::Instance', 'is not a resource type this machine supports'],
  ['AWS::Serverless::Function', 'needs Transform: AWS::Serverless-2016-10-31'],
])('a resource of type %s is refused: %s', (type, why) => {
  const template = `Resources:\n  It:\n    Type: ${type}\n`;
  expect(refusalOf({ 'api/template.yaml': template }).message).toBe(
    `api/template.yaml:3:5: Resources.It.Type = "${type}": ${why}`,
  );
});

test('a template with nothing in it is refused by its name', () => {
  expect(refusalOf({ 'api/template.yaml': '' }).message).toMatch(/^api\/template\.yaml: template/);
});
