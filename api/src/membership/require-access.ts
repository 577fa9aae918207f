// Whether a connection still has the right to a room, asked after what it wants was read.

import { requireRoomUse } from '../../../shared/src/access.ts';
import { LOBBY } from '../../../shared/src/protocol/frames.ts';
import { directPeers } from '../../../shared/src/rules/direct-room.ts';
import { type Connection, readConnection } from '../../../shared/src/store/connections.ts';

/**
 * Throws `NotInRoom` where the speaker has left or was removed since. To be asked after the read: what was read while the room
 * was still the speaker's is from before any removal was answered.
 */
export async function requireAccessStill(
  { connectionId, userId }: Connection,
  room: string,
): Promise<void> {
  if (room === LOBBY || directPeers(room) !== undefined) return;
  const subscriptions = (await readConnection(connectionId))?.subscriptions ?? [];
  requireRoomUse({ userId, subscriptions }, room);
}
