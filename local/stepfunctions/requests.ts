// What a request to Step Functions names: an ARN, an execution's name, its input.
import { randomUUID } from 'node:crypto';
import { AwsError } from '../endpoint/aws-error.ts';
import { parseJson } from '../endpoint/parse-json.ts';
import { MOST_PAYLOAD_BYTES } from './run.ts';

export type Input = Record<string, unknown>;

const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

export function arnIn(input: Input, field: string): string {
  const arn = input[field];
  if (typeof arn === 'string' && /^arn:aws[\w-]*:states:/.test(arn)) return arn;
  throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
}

export function nameIn({ name = randomUUID() }: Input): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

export function inputIn({ input = '{}' }: Input): string {
  if (typeof input === 'string' && Buffer.byteLength(input) > MOST_PAYLOAD_BYTES)
    throw new AwsError('ValidationException', `input has more than ${MOST_PAYLOAD_BYTES} bytes`);
  try {
    parseJson(String(input));
    return String(input);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AwsError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not JSON');
  }
}

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

export function statusIn({ statusFilter }: Input): string | undefined {
  if (statusFilter === undefined || statusFilter === null) return undefined;
  if (typeof statusFilter === 'string' && STATUSES.includes(statusFilter)) return statusFilter;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${statusFilter}' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [${STATUSES.join(', ')}]`,
  );
}
