// The open connections of a user.

import { type Connection, readConnection } from '../../shared/src/store/connections.ts';
import { connectionIdsOf } from '../../shared/src/store/subscriptions.ts';

/** Read consistently; rows that have run out are none, nor is one that is another user's. */
export async function readUserConnections(userId: string): Promise<Connection[]> {
  const found = await Promise.all((await connectionIdsOf(userId)).map(readConnection));
  return found.filter((connection) => connection?.userId === userId) as Connection[];
}
