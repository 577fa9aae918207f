// Takes back what a join or a hello wrote in a room that its user left, or was removed from, meanwhile.

import type { Connection, Subscription } from '../../../shared/src/store/connections.ts';
import { dropMembership } from '../../../shared/src/store/memberships.ts';
import { unsubscribe } from '../../../shared/src/store/subscriptions.ts';
import { roomTopic } from '../../../shared/src/topics.ts';
import { leaveRoomsAtOnce } from '../presence-events.ts';

/** The connection hears these rooms no more, is in no roster of them, and they do not come back. `written`: as `unsubscribe` has it. */
export async function rollbackJoin(
  connection: Connection,
  rooms: string[],
  written: Subscription[],
): Promise<void> {
  for (const room of rooms) {
    await unsubscribe(connection, roomTopic(room), written);
    await dropMembership(connection.userId, room);
  }
  await leaveRoomsAtOnce(connection, rooms);
}
