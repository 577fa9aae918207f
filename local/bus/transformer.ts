// What a target receives of an event: all of it, a constant, one part, or a template filled from it.
import { AwsError } from '../aws-error.ts';
import type { TargetPlan } from '../plan.ts';
import type { Envelope } from './envelope.ts';
import { compilePath, type Select } from './json-path.ts';

/** The text sent to the target: JSON, save for a template that is plain text. `ingestedAt` is the time the bus took the event. */
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

  const parts: (string | Placeholder)[] = [];
  let from = 0;
  for (const found of inputTemplate.matchAll(PLACEHOLDER)) {
    const [whole, name = ''] = found;
    const value = values.get(name);
    if (!value) throw invalid(`InputTemplate names ${whole}, which InputPathsMap does not define`);
    const quoted = endsInString(inputTemplate.slice(0, found.index));
    if (quoted && WHOLE_EVENT.has(name))
      throw invalid(`${whole} may only be the value of a JSON field, not inside a string`);
    parts.push(inputTemplate.slice(from, found.index), { value, quoted });
    from = found.index + whole.length;
  }
  parts.push(inputTemplate.slice(from));

  const json = isJson(parts.map((part) => (typeof part === 'string' ? part : '0')).join(''));
  return (event, ingestedAt) =>
    parts
      .map((part) =>
        typeof part === 'string' ? part : filled(part.value(event, ingestedAt), part.quoted, json),
      )
      .join('');
}

/** A path that finds nothing leaves an empty string. */
function filled(value: unknown, quoted: boolean, json: boolean): string {
  const found = value === undefined ? '' : value;
  const text = typeof found === 'string' ? found : JSON.stringify(found);
  if (quoted) return JSON.stringify(text).slice(1, -1);
  return json ? JSON.stringify(found) : text;
}

function predefined(rule: { name: string; arn: string }): Map<string, Value> {
  return new Map<string, Value>([
    ['aws.events.rule-arn', () => rule.arn],
    ['aws.events.rule-name', () => rule.name],
    ['aws.events.event.ingestion-time', (_, ingestedAt) => ingestedAt],
    ['aws.events.event', ({ detail, ...rest }) => rest],
    ['aws.events.event.json', (event) => event],
  ]);
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
