// The @connections API: posts to one connection, or closes it.

import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';

/**
 * 429. The account's request rate is spent, or this one client's buffer is full: the answer does not say which.
 * https://docs.aws.amazon.com/botocore/latest/reference/services/apigatewaymanagementapi/client/exceptions/LimitExceededException.html
 */
export interface Throttled {
  /** What the answer's Retry-After asks for, in milliseconds; 0 without one. */
  throttledMs: number;
}

/** `gone`: 410, the connection has ended. `later`: a fault of the service, worth a retry. `refused`: no retry will help. */
export type Outcome = 'delivered' | 'gone' | 'later' | 'refused' | Throttled;

export const isThrottled = (outcome: unknown): outcome is Throttled => typeof outcome === 'object';

export interface Poster {
  /** Never throws: what happened is the answer. */
  post(connectionId: string, data: Uint8Array): Promise<Outcome>;
  /** Ends the socket; its client reconnects and fetches what it missed. */
  close(connectionId: string): Promise<Outcome>;
}

/** A post takes some 10 ms. One that hangs, and the closing after it, must end within what the broadcast keeps back. */
const PATIENCE_MS = 2_000;

/** `endpoint` is the API's callback URL, `https://{api}.execute-api.{region}.{suffix}/{stage}`. Retries are the caller's. */
export function createPoster(endpoint: string, requestTimeout = PATIENCE_MS): Poster {
  const client = new ApiGatewayManagementApiClient({
    endpoint,
    maxAttempts: 1,
    requestHandler: { requestTimeout, throwOnRequestTimeout: true },
  });
  return {
    post: (ConnectionId, Data) =>
      outcome(client.send(new PostToConnectionCommand({ ConnectionId, Data }))),
    close: (ConnectionId) => outcome(client.send(new DeleteConnectionCommand({ ConnectionId }))),
  };
}

async function outcome(answer: Promise<unknown>): Promise<Outcome> {
  try {
    await answer;
    return 'delivered';
  } catch (error) {
    const status = statusOf(error);
    if (status === 410) return 'gone';
    if (status === 429) return { throttledMs: retryAfterMs(error) };
    // No status at all is a line that broke: it may have been delivered, and the client dedupes by messageId.
    return status === undefined || status >= 500 ? 'later' : 'refused';
  }
}

/** A number of seconds; the header's other form, a date, is ignored. */
function retryAfterMs(error: unknown): number {
  const { $response } = error as { $response?: { headers?: Record<string, string> } };
  const seconds = Number($response?.headers?.['retry-after']);
  return seconds > 0 ? seconds * 1000 : 0;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}
