// replace: tells a connection that a newer one of its client took over, ends its socket, and forgets it.

import middy from '@middy/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { close } from '../../shared/src/connections.ts';
import { env } from '../../shared/src/env.ts';
import type { ClientReplaced } from '../../shared/src/events.ts';
import type { Replaced } from '../../shared/src/protocol.ts';
import { sayGone } from './gone.ts';
import { createPoster, isThrottled, type Outcome } from './poster.ts';

const poster = createPoster(env('CALLBACK_URL'));
const frameOf = (epoch: number) =>
  new TextEncoder().encode(JSON.stringify({ type: 'replaced', epoch } satisfies Replaced));

/** Invoked asynchronously: what it throws, Lambda tries again, and then keeps in the dead-letter queue. */
export const handler = middy(
  async ({ detail }: EventBridgeEvent<'ClientReplaced', ClientReplaced>): Promise<void> => {
    const { connectionId, epoch } = detail;
    // Told before it is cut: API Gateway's close says nothing, and a client that is not told comes back.
    done(await poster.post(connectionId, frameOf(epoch)));
    done(await poster.close(connectionId));
    const closed = await close(connectionId);
    if (closed !== undefined) await sayGone([closed]);
  },
).onError(({ error, event }) => {
  console.error({ connectionId: event.detail?.connectionId, error });
  throw error;
});

function done(outcome: Outcome): void {
  if (isThrottled(outcome)) throw new Error('@connections: throttled');
  if (outcome === 'later' || outcome === 'refused') throw new Error(`@connections: ${outcome}`);
}
