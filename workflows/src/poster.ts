// The door to @connections: posting to one connection, closing it. What the broadcast needs of a client, and no more.

import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';

/** `gone`: 410, the connection has ended. `later`: throttled or a fault of the service, worth a retry. `refused`: no retry will help. */
export type Outcome = 'delivered' | 'gone' | 'later' | 'refused';

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
    // No status at all is a line that broke: it may have been delivered, and the client dedupes by messageId.
    return status === undefined || status === 429 || status >= 500 ? 'later' : 'refused';
  }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}
