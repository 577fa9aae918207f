// Ends the older connections of a client: an event on the bus for each one that still lives.

import { publish } from '../../../shared/src/bus.ts';
import { readConnection } from '../../../shared/src/store/connections.ts';
import type { SessionHolder } from '../../../shared/src/store/sessions.ts';

/** Throws `Refused('Busy')` where the bus does not take an end over; the lease then keeps them all for the next hello. */
export async function endOlderConnections(older: string[], holder: SessionHolder): Promise<void> {
  for (const connectionId of older) {
    const connection = await readConnection(connectionId);
    if (connection === undefined) continue;
    // A hello of this client that lost its socket to another user's had taken the lease. One without a user may yet win it.
    const isOthers = connection.clientId !== undefined && connection.userId !== holder.userId;
    if (!isOthers) await publish('ClientReplaced', { ...holder, connectionId });
  }
}
