// A user's devices: the connections they have open now.

import { type Connection, find } from '../../shared/src/store/connections.ts';
import { connectionsOf } from '../../shared/src/store/subscriptions.ts';

/** Read consistently; rows that have run out are none, nor is one that is another user's. */
export async function devicesOf(userId: string): Promise<Connection[]> {
  const found = await Promise.all((await connectionsOf(userId)).map(find));
  return found.filter((connection) => connection?.userId === userId) as Connection[];
}
