// Lambda's Invoke, synchronous: who is meant, what is too large, what is throttled, and the shape of the answer.
import { randomUUID } from 'node:crypto';
import type { FunctionPlan } from '../cloudformation/plan.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import { parseJson } from '../endpoint/parse-json.ts';
import { type Log, messageIdIn } from '../log.ts';
import type { Pool, Run } from './pool.ts';
import { payloadOf, tooLarge } from './runtime-error.ts';

/** Bytes; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (asynchronous: 1 MB since October 2025). */
export const LIMITS = { synchronous: 6_291_456, asynchronous: 1_048_576, response: 6_291_556 };

export interface Deployed {
  plan: FunctionPlan;
  pool: Pool;
  /** Invocations now in hand: what a reserved concurrency counts. */
  held: number;
}

export interface Answer {
  requestId: string;
  payload: string;
  failed: boolean;
  /** START, the function's lines, END and REPORT: at most the last 4 KB. */
  logs: string;
}

const NAME = /^(?:(?:arn:aws:lambda:[\w-]+:)?(\d{12}):function:)?([\w-]{1,64})(?::([\w$-]+))?$/;

/** By name, partial ARN or ARN; the only version is $LATEST. */
export function find(functions: Map<string, Deployed>, reference: unknown): Deployed {
  const [, , name = '', version = '$LATEST'] = NAME.exec(String(reference)) ?? [];
  const deployed = functions.get(name);
  if (!deployed || version !== '$LATEST')
    throw new AwsError('ResourceNotFoundException', `Function not found: ${reference}`, 404);
  return deployed;
}

/** Size, then JSON; an empty payload is `{}`. */
export function checkPayload(payload: string, limit: number): string {
  if (Buffer.byteLength(payload) > limit) throw requestTooLarge(limit);
  if (payload === '') return '{}';
  try {
    parseJson(payload);
  } catch (error) {
    throw notJson(error instanceof Error ? error.message.replace(/,? ".*/s, '') : 'not JSON');
  }
  return payload;
}

export const requestTooLarge = (limit: number) =>
  new AwsError(
    'RequestTooLargeException',
    `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
    413,
  );

export const notJson = (why: string) =>
  new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${why}`);

/**
 * Throttles only by a reserved concurrency that the template sets, as AWS would after deploy. Beyond the cap of this
 * machine requests wait instead: AWS's own limit (1,000 at once) is far above what one machine should run.
 */
export function throttled({ plan, held }: Deployed): boolean {
  return plan.reservedConcurrency !== undefined && held >= plan.reservedConcurrency;
}

function logsOf(requestId: string, { plan }: Deployed, { ms, coldMs, tail }: Run): string {
  const init = coldMs === undefined ? '' : `\tInit Duration: ${coldMs.toFixed(2)} ms`;
  return [
    `START RequestId: ${requestId} Version: $LATEST\n${tail}`,
    `END RequestId: ${requestId}\n`,
    `REPORT RequestId: ${requestId}\tDuration: ${ms.toFixed(2)} ms\tBilled Duration: ${Math.ceil(ms + (coldMs ?? 0))} ms`,
    `\tMemory Size: ${plan.memoryMb} MB${init}\n`,
  ]
    .join('')
    .slice(-4096);
}

/** One attempt, logged as a hop. Never rejects: a failing function is an answer too. */
export async function attempt(
  deployed: Deployed,
  event: string,
  log: Log,
  requestId: string = randomUUID(),
): Promise<Answer> {
  const { plan, pool } = deployed;
  deployed.held++;
  const run = await pool.run({ requestId, event, arn: plan.arn });
  deployed.held--;
  let { result } = run;
  if ('body' in result && Buffer.byteLength(result.body) > LIMITS.response)
    result = { fault: tooLarge(LIMITS.response) };
  const failed = 'fault' in result;
  const cold = run.coldMs === undefined ? '' : ' cold';
  log.hop({
    service: 'function',
    what: plan.name,
    messageId: messageIdIn(event),
    ms: run.ms + (run.coldMs ?? 0),
    status: `${failed ? 'error' : 'ok'}${cold}`,
    failed,
  });
  if ('fault' in result) {
    const [first = ''] = result.fault.errorMessage.split('\n');
    log.warn(`${plan.name}: ${result.fault.errorType}: ${first}`);
  }
  const payload = 'fault' in result ? payloadOf(result.fault, requestId) : result.body;
  return { requestId, payload, failed, logs: logsOf(requestId, deployed, run) };
}

/** InvocationType RequestResponse. */
export async function invoke(deployed: Deployed, payload: string, log: Log): Promise<Answer> {
  const event = checkPayload(payload, LIMITS.synchronous);
  if (throttled(deployed)) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  return attempt(deployed, event, log);
}
