// Whether a speaker may use a room still, once what they asked for is read.

import { mustUse } from '../../../shared/src/access.ts';
import { LOBBY } from '../../../shared/src/protocol.ts';
import { partnersOf } from '../../../shared/src/rules/direct-room.ts';
import { type Connection, find } from '../../../shared/src/store/connections.ts';

/**
 * Throws `NotInRoom` where the speaker has left or was removed since. To be asked after the read: what was read while the room
 * was still the speaker's is from before any removal was answered.
 */
export async function mustStillUse(
  { connectionId, userId }: Connection,
  room: string,
): Promise<void> {
  if (room === LOBBY || partnersOf(room) !== undefined) return;
  const subscriptions = (await find(connectionId))?.subscriptions ?? [];
  mustUse({ userId, subscriptions }, room);
}
