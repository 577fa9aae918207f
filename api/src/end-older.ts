// Ending the older connections of a client: each one that still lives is named on the bus, and then forgotten by the lease.

import { publish } from '../../shared/src/bus.ts';
import { type Client, forgetOlder } from '../../shared/src/clients.ts';
import { find } from '../../shared/src/connections.ts';

/** Throws `Refused('Busy')` where the bus does not take an end over; the lease then keeps them all for the next hello. */
export async function endOlder(holder: Client, older: string[]): Promise<void> {
  for (const connectionId of older) {
    if (await find(connectionId)) await publish('ClientReplaced', { ...holder, connectionId });
  }
  await forgetOlder(holder, older).catch((error: unknown) =>
    // They are on the bus: remembering them costs the next hello a look, failing would cost this one its line.
    console.error({ route: 'hello', connectionId: holder.connectionId, left: older.length, error }),
  );
}
