// Fits a built template to MiniStack: drops by name what that emulator lacks, points what leaves it back at it, and prints each change.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

type Values = Record<string, unknown>;
interface Resource {
  Type: string;
  Properties?: Values;
}
interface Template {
  Parameters?: Record<string, { Default?: unknown }>;
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown }>;
}

/** Resource types that MiniStack 1.5.33 does not create. */
export const MISSING_TYPES = [
  'AWS::ApiGatewayV2::RouteResponse',
  'AWS::Budgets::Budget',
  'AWS::Cognito::ManagedLoginBranding',
  'AWS::Events::Archive',
];

/** Condition keys that its IAM puts in no request, so that every statement with one is refused. */
export const MISSING_CONDITION_KEYS = [
  'events:source',
  'events:detail-type',
  'dynamodb:LeadingKeys',
];

/** The property that makes an alarm one of metric math or of a query, which it does not watch. */
export const MATH = 'Metrics';

/** Changes `template` and answers one line for each change. `endpoint` is where MiniStack listens, without a slash at its end. */
export function fitTemplate(template: Template, endpoint: string, stage: string): string[] {
  const changes: string[] = [];
  const { Stage } = template.Parameters ?? {};
  if (Stage !== undefined) {
    Stage.Default = stage;
    changes.push(
      `Stage: defaults to ${stage}, because the emulator's SAM transform reads only defaults`,
    );
  }
  for (const [name, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    const isMath = Type === 'AWS::CloudWatch::Alarm' && Properties[MATH] !== undefined;
    if (!MISSING_TYPES.includes(Type) && !isMath) continue;
    delete template.Resources[name];
    changes.push(`dropped ${name}: no ${isMath ? 'metric math in alarms' : Type}`);
  }
  if (Object.keys(template.Resources).length === 0) {
    template.Resources.Nothing = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
    changes.push('added Nothing: a stack needs a resource');
  }
  for (const [name, resource] of Object.entries(template.Resources))
    changes.push(...withoutConditionKeys(resource.Properties, name));
  const callback = template.Outputs?.CallbackUrl;
  if (callback !== undefined) {
    callback.Value = { 'Fn::Sub': `${endpoint}/_aws/execute-api/\${ChatApi}/\${Stage}` };
    changes.push('CallbackUrl: names the emulator');
  }
  return changes;
}

function withoutConditionKeys(value: unknown, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((one, at) => withoutConditionKeys(one, `${path}.${at}`));
  if (typeof value !== 'object' || value === null) return [];
  const changes: string[] = [];
  const object = value as Values;
  if ('Effect' in object && 'Condition' in object)
    for (const [operator, keys] of Object.entries(object.Condition as Record<string, Values>)) {
      for (const key of MISSING_CONDITION_KEYS.filter((one) => one in keys)) {
        delete keys[key];
        changes.push(`${path}: dropped the condition on ${key}, which the emulator does not know`);
      }
      if (Object.keys(keys).length === 0) delete (object.Condition as Values)[operator];
    }
  return [
    ...changes,
    ...Object.entries(object).flatMap(([key, one]) => withoutConditionKeys(one, `${path}.${key}`)),
  ];
}

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  const { AWS_ENDPOINT_URL: endpoint, EMULATED_STAGE: stage } = process.env;
  if (file === undefined || endpoint === undefined || stage === undefined)
    throw new Error('fit-template.ts TEMPLATE, with AWS_ENDPOINT_URL and EMULATED_STAGE');
  const template = parse(readFileSync(file, 'utf8')) as Template;
  for (const change of fitTemplate(template, endpoint, stage))
    process.stdout.write(`emulator: ${change}\n`);
  // JSON, which is YAML: SAM reads YAML 1.1, where an unquoted yes is true.
  writeFileSync(file, JSON.stringify(template, null, 2));
}
