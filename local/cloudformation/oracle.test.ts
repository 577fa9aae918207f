// The loader against SAM's own translator: the same ids, environments, timeouts, routes and rules, from the same file.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { judgedBy, pythonWith } from '../../tests/judges.ts';
import { planOf } from '../testing/templates.ts';
import { readDeclarations } from './declarations.ts';
import type { Plan } from './plan.ts';
import { readPlan } from './read-plan.ts';
import type { Source } from './source.ts';
import { parseTemplate } from './yaml.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
const FIXTURE = join(HERE, '..', 'testing', 'every-shape.yaml');

interface Translated {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
}

interface Translation {
  parsed: unknown;
  resources: Record<string, Translated>;
}

function translate(python: string, file: string): Translation {
  const answer = spawnSync(
    python,
    [join(HERE, '..', 'testing', 'sam-translate.py'), file, '{"Stage": "dev"}'],
    {
      encoding: 'utf8',
      env: { ...process.env, AWS_DEFAULT_REGION: 'us-east-1' },
    },
  );
  if (answer.status !== 0) throw new Error(answer.stderr);
  return JSON.parse(answer.stdout);
}

function fixturePlan(): Plan {
  return planOf({
    'api/template.yaml': readFileSync(FIXTURE, 'utf8'),
    'api/machine.asl.json': '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
  });
}

const CASES: [string, string, () => Plan][] = [
  ['every shape', FIXTURE, fixturePlan],
  ['api', join(ROOT, 'api', 'template.yaml'), () => readPlan(ROOT, { stage: 'dev' })],
  ['workflows', join(ROOT, 'workflows', 'template.yaml'), () => readPlan(ROOT, { stage: 'dev' })],
];

const translator = pythonWith('samtranslator, yaml');
for (const [what, file, read] of CASES)
  judgedBy('samtranslator', translator, `of ${what}, as SAM’s translator`, (python) => {
    let translation: Translation;
    let source: Source;
    let plan: Plan;
    beforeAll(() => {
      translation = translate(python, file);
      source = parseTemplate(readFileSync(file, 'utf8'), file, ROOT);
      plan = read();
    });
    const ofType = (type: string) =>
      Object.entries(translation.resources).filter(([, resource]) => resource.Type === type);

    test('the YAML is read alike', () => {
      expect(source.data).toEqual(translation.parsed);
    });

    test('the logical ids are the same, SAM’s own among them', () => {
      const ours = [...readDeclarations(source).keys()].sort();
      expect(ours).toEqual(Object.keys(translation.resources).sort());
    });

    test('the functions have the same timeout, memory and environment', () => {
      for (const [logicalId, { Properties }] of ofType('AWS::Lambda::Function')) {
        const ours = plan.functions.find(({ name }) => name.endsWith(`-${logicalId}`));
        const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: object };
        expect(ours?.timeoutS).toBe(Properties.Timeout ?? 3);
        expect(ours?.memoryMb).toBe(Properties.MemorySize ?? 128);
        const literal = Object.entries(Variables).filter(([, value]) => typeof value !== 'object');
        expect(ours?.environment).toMatchObject(
          Object.fromEntries(literal.map(([key, value]) => [key, String(value)])),
        );
        // SAM's translator leaves Fn::If to CloudFormation, which drops what is AWS::NoValue.
        const declared = Object.keys(Variables).filter((name) => name !== 'AWS_ENDPOINT_URL');
        expect(Object.keys(ours?.environment ?? {}).sort()).toEqual(declared.sort());
      }
    });

    test('the rules have the same pattern, state, target ids and retries', () => {
      const rules = ofType('AWS::Events::Rule').map(([logicalId, { Properties }]) => {
        const targets = Properties.Targets as {
          Id: string;
          RetryPolicy?: Record<string, number>;
        }[];
        return {
          rule: logicalId,
          pattern: Properties.EventPattern,
          enabled: Properties.State !== 'DISABLED',
          targets: targets.map(({ Id, RetryPolicy = {} }) => ({
            id: Id,
            maximumEventAgeS: RetryPolicy.MaximumEventAgeInSeconds ?? 86_400,
            maximumRetryAttempts: RetryPolicy.MaximumRetryAttempts ?? 185,
          })),
        };
      });
      for (const { rule, ...expected } of rules)
        expect(plan.rules.find(({ name }) => name.endsWith(`-${rule}`))).toMatchObject(expected);
    });

    test('the APIs have the same throttles, in a stage that waits for the routes they name', () => {
      for (const [, { Properties, DependsOn }] of ofType('AWS::ApiGatewayV2::Stage')) {
        const named = (Properties.RouteSettings ?? {}) as Record<string, Record<string, number>>;
        const routes = plan.apis.flatMap((api) => Object.entries(api.routes));
        for (const [key, limits] of Object.entries(named))
          expect([key, routes.find(([route]) => route === key)?.[1].throttle]).toEqual([
            key,
            { perS: limits.ThrottlingRateLimit, burst: limits.ThrottlingBurstLimit },
          ]);
        // Without it, a first deployment ends with "Unable to find Route by key".
        const ids = ofType('AWS::ApiGatewayV2::Route').map(([logicalId]) => logicalId);
        if (Object.keys(named).length > 0) expect(DependsOn).toEqual(expect.arrayContaining(ids));
      }
    });

    test('the APIs have the same routes and time-outs', () => {
      const routes = ofType('AWS::ApiGatewayV2::Route').map(
        ([, { Properties }]) => Properties.RouteKey,
      );
      const ours = plan.apis.flatMap((api) => Object.keys(api.routes));
      if (routes.length > 0) expect(ours.sort()).toEqual(routes.sort());
      const timeouts = ofType('AWS::ApiGatewayV2::Integration').map(
        ([, { Properties }]) => Properties.TimeoutInMillis ?? 29_000,
      );
      const planned = plan.apis.flatMap((api) =>
        Object.values(api.routes).map((it) => it.timeoutMs),
      );
      if (routes.length > 0) expect(planned.sort()).toEqual(timeouts.sort());
    });
  });
