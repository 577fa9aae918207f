// replace: ends a connection because a newer one of its client took over, or because it was misused.

import middy from '@middy/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { env } from '../../shared/src/env.ts';
import type { ClientReplaced, ConnectionMisused } from '../../shared/src/events.ts';
import { errorFrame } from '../../shared/src/protocol/errors.ts';
import type { ServerFrame } from '../../shared/src/protocol/frames.ts';
import { deleteConnection } from '../../shared/src/store/connections.ts';
import { announceDisconnects } from './announce-disconnects.ts';
import { createPoster, isThrottled, type Outcome } from './poster.ts';

const poster = createPoster(env('CALLBACK_URL'));
const bytesOf = (frame: ServerFrame) => new TextEncoder().encode(JSON.stringify(frame));
const replacedBy = (epoch: number) => bytesOf({ type: 'replaced', epoch });
const MISUSED = bytesOf(
  errorFrame('RateLimited', null, 'Too many frames were refused. This connection ends.'),
);

type Event =
  | EventBridgeEvent<'ClientReplaced', ClientReplaced>
  | EventBridgeEvent<'ConnectionMisused', ConnectionMisused>;

/** Invoked asynchronously: what it throws, Lambda tries again, and then keeps in the dead-letter queue. */
export const handler = middy(async ({ detail }: Event): Promise<void> => {
  const { connectionId } = detail;
  // Told before it is cut: API Gateway's close says nothing, and a client that is not told comes back.
  done(await poster.post(connectionId, 'epoch' in detail ? replacedBy(detail.epoch) : MISUSED));
  done(await poster.close(connectionId));
  const closed = await deleteConnection(connectionId);
  if (closed !== undefined) await announceDisconnects([closed]);
}).onError(({ error, event }) => {
  console.error({
    message: 'the connection was not ended',
    connectionId: event.detail?.connectionId,
    error,
  });
  throw error;
});

function done(outcome: Outcome): void {
  if (isThrottled(outcome)) throw new Error('@connections: throttled');
  if (outcome === 'later' || outcome === 'refused') throw new Error(`@connections: ${outcome}`);
}
