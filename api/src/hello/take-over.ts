// The end of a hello: older connections of the client end, then what the user has open beyond the limit.

import {
  type SessionHolder,
  type SessionLease,
  settleSession,
} from '../../../shared/src/store/sessions.ts';
import { endOlderConnections } from './end-older-connections.ts';
import { endSurplusConnections } from './end-surplus-connections.ts';

/**
 * Comes last: a hello that failed before leaves the older connection alive. `came`: the hour in which the client is counted.
 * Throws `Busy` where the bus does not take the end of an older connection.
 */
export async function takeOver(
  holder: SessionHolder,
  lease: Extract<SessionLease, { taken: true }>,
  came: number | undefined,
): Promise<void> {
  const { connectionId } = holder;
  await endOlderConnections(lease.older, holder);
  await endSurplusConnections(holder.userId).catch((error: unknown) =>
    // The next hello does it; failing would cost this client its connection.
    console.warn({
      message: 'connections beyond the limit were not ended',
      route: 'hello',
      connectionId,
      error,
    }),
  );
  if (lease.older.length === 0 && came === lease.came) return;
  await settleSession(holder, { ended: lease.older, came }).catch((error: unknown) =>
    // Doing it again costs the next hello a look; failing would cost this client its connection.
    console.warn({ message: 'the session was not settled', route: 'hello', connectionId, error }),
  );
}
