// Taking back: what a join or a hello wrote in a room for somebody who has left it, or was removed from it, meanwhile.

import type { Connection, Subscription } from '../../../shared/src/store/connections.ts';
import { unremember } from '../../../shared/src/store/memberships.ts';
import { unlisten } from '../../../shared/src/store/subscriptions.ts';
import { roomTopic } from '../../../shared/src/topics.ts';
import { parted } from '../presence-events.ts';

/** The connection hears these rooms no more, is in no roster of them, and they do not come back. `written`: as `unlisten` has it. */
export async function takeBack(
  connection: Connection,
  rooms: string[],
  written: Subscription[],
): Promise<void> {
  for (const room of rooms) {
    await unlisten(connection, roomTopic(room), written);
    await unremember(connection.userId, room);
  }
  await parted(connection, rooms);
}
