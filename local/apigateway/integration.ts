// The Lambda proxy integration: invokes a route's function and judges what comes back.
import type { Aws } from '../endpoint/aws.ts';
import type { RequestEvent } from './request-event.ts';

/**
 * What became of one invocation. `malformed` and `failed` are a 502 to a handshake and `Internal server error` to a message;
 * `timedOut` is a 504 and `Endpoint request timed out`.
 */
export type Outcome =
  | { kind: 'answered'; statusCode: number; headers: Record<string, string>; body?: string }
  | { kind: 'failed' | 'malformed' | 'timedOut'; why: string };

/** Invokes synchronously and waits at most `timeoutMs`; the function itself runs on, as on AWS. Never rejects. */
export async function integrate(
  aws: Aws,
  functionArn: string,
  event: RequestEvent,
  timeoutMs?: number,
): Promise<Outcome> {
  const invoked = invoke(aws, functionArn, event);
  if (timeoutMs === undefined) return invoked;
  const clock = Promise.withResolvers<Outcome>();
  const why = `no answer within ${timeoutMs} ms`;
  const timer = setTimeout(() => clock.resolve({ kind: 'timedOut', why }), timeoutMs);
  try {
    return await Promise.race([invoked, clock.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function invoke(aws: Aws, functionArn: string, event: RequestEvent): Promise<Outcome> {
  try {
    const { Payload, FunctionError } = await aws.call('lambda', 'Invoke', {
      FunctionName: functionArn,
      InvocationType: 'RequestResponse',
      Payload: JSON.stringify(event),
    });
    if (FunctionError) return { kind: 'failed', why: `function error ${String(FunctionError)}` };
    return judged(typeof Payload === 'string' ? JSON.parse(Payload || 'null') : null);
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.name : 'unknown error' };
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
function judged(result: unknown): Outcome {
  if (typeof result !== 'object' || result === null) return malformed('is not an object');
  const { statusCode, headers, body, isBase64Encoded } = result as Record<string, unknown>;
  const status = Number(statusCode ?? Number.NaN);
  if (!Number.isInteger(status) || status < 100 || status > 599)
    return malformed('has no statusCode');
  if (body !== undefined && body !== null && typeof body !== 'string') {
    return malformed('has a body that is not a string');
  }
  // A WebSocket frame would have to become binary: refused, not sent as the text that it is not.
  if (isBase64Encoded === true)
    return malformed('has isBase64Encoded, not supported on this machine');
  return {
    kind: 'answered',
    statusCode: status,
    headers: lowerCased(headers),
    ...(typeof body === 'string' && { body }),
  };
}

function malformed(what: string): Outcome {
  return { kind: 'malformed', why: `the result ${what}` };
}

function lowerCased(headers: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
