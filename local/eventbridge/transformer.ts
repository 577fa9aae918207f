// What a target receives of an event: all of it, a constant, one part, or a template filled from it.

import type { TargetPlan } from '../cloudformation/plan.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import type { Envelope } from './envelope.ts';
import { compilePath, type Select } from './json-path.ts';

/** The text sent to the target: JSON, unless a template's values break it. `ingestedAt` is the time the bus took the event. */
export type TargetInput = (event: Envelope, ingestedAt: string) => string;

type Value = (event: Envelope, ingestedAt: string) => unknown;

interface Placeholder {
  value: Value;
  /** Inside a JSON string of the template: its text goes there without quotes of its own. */
  quoted: boolean;
}

const PLACEHOLDER = /<([\w.-]+)>/g;
/** These two are not escaped, so AWS allows them only as the value of a JSON field. */
const WHOLE_EVENT = new Set(['aws.events.event', 'aws.events.event.json']);
const MOST_PATHS = 100;

/**
 * Compiles a target's Input, InputPath or InputTransformer; throws ValidationException where AWS would refuse it or this
 * machine cannot do it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function compileInput(
  target: Pick<TargetPlan, 'input' | 'inputPath' | 'inputTransformer'>,
  rule: { name: string; arn: string },
): TargetInput {
  const { input, inputPath, inputTransformer } = target;
  const given = [input, inputPath, inputTransformer].filter((one) => one !== undefined);
  if (given.length > 1)
    throw invalid('Only one of Input, InputPath, or InputTransformer must be provided');
  if (input !== undefined) {
    if (!isJson(input)) throw invalid('Input is not valid JSON');
    return () => input;
  }
  if (inputPath !== undefined) {
    const select = compilePath(inputPath);
    return (event) => JSON.stringify(select(event) ?? null);
  }
  if (inputTransformer) return compileTemplate(inputTransformer, rule);
  return (event) => JSON.stringify(event);
}

function compileTemplate(
  { inputPathsMap, inputTemplate }: NonNullable<TargetPlan['inputTransformer']>,
  rule: { name: string; arn: string },
): TargetInput {
  const values = predefined(rule);
  const paths = Object.entries(inputPathsMap);
  if (paths.length > MOST_PATHS) throw invalid(`InputPathsMap has over ${MOST_PATHS} keys`);
  for (const [name, path] of paths) {
    if (/^aws\./i.test(name)) throw invalid(`InputPathsMap key ${name} is reserved`);
    const select: Select = compilePath(path);
    values.set(name, (event) => select(event));
  }

  const parts = partsOf(inputTemplate, values);
  if (!isTemplate(parts)) throw invalid('InputTemplate is not JSON; strings need quotes');
  return (event, ingestedAt) => {
    const text = parts
      .map((part) =>
        typeof part === 'string' ? part : filled(part.value(event, ingestedAt), part.quoted),
      )
      .join('');
    return isJson(text) ? JSON.stringify(JSON.parse(text)) : text;
  };
}

function partsOf(template: string, values: Map<string, Value>): (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = [];
  let from = 0;
  for (const found of template.matchAll(PLACEHOLDER)) {
    const [whole, name = ''] = found;
    const value = values.get(name);
    if (!value) throw invalid(`InputTemplate contains invalid placeholder ${name}`);
    const quoted = endsInString(template.slice(0, found.index));
    if (quoted && WHOLE_EVENT.has(name))
      throw invalid(`${whole} may only be the value of a JSON field, not inside a string`);
    parts.push(template.slice(from, found.index), { value, quoted });
    from = found.index + whole.length;
  }
  parts.push(template.slice(from));
  return parts;
}

/** JSON with placeholders as values or in strings, never as keys; or several lines that each are. */
function isTemplate(parts: (string | Placeholder)[]): boolean {
  const probe = parts.map((part) => {
    if (typeof part === 'string') return part;
    return part.quoted ? '<>' : 'null';
  });
  if (/<>[^"]*"\s*:/.test(probe.join(''))) return false;
  const lines = probe.join('').split('\n').filter(Boolean);
  return isJson(probe.join('')) || (lines.length > 0 && lines.every(isJson));
}

/**
 * A path that finds nothing leaves an empty string. Inside a string AWS does not escape what it fills in: a quote in
 * the value breaks the JSON there, so it does here.
 */
function filled(value: unknown, quoted: boolean): string {
  const found = value === undefined ? '' : value;
  return quoted && typeof found === 'string' ? found : JSON.stringify(found);
}

function predefined(rule: { name: string; arn: string }): Map<string, Value> {
  return new Map<string, Value>([
    ['aws.events.rule-arn', () => rule.arn],
    ['aws.events.rule-name', () => rule.name],
    ['aws.events.event.ingestion-time', (_, ingestedAt) => ingestedAt],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', (event) => event],
  ]);
}

/** As AWS really fills it in: no detail, `detailType` for `detail-type`, and the ingestion time. */
function withoutDetail(event: Envelope, ingestedAt: string) {
  const { id, account, source, region, resources, version } = event;
  const detailType = event['detail-type'];
  return { id, account, detailType, time: ingestedAt, source, region, resources, version };
}

/** Whether a JSON string is open at the end of `text`. */
function endsInString(text: string): boolean {
  return (text.replace(/\\./gs, '').match(/"/g) ?? []).length % 2 === 1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function invalid(why: string): AwsError {
  return new AwsError('ValidationException', why);
}
