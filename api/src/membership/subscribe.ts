// Subscribes a connection to one more room: in the shard that it has there already, or in a random one.

import { canJoinRoom } from '../../../shared/src/access.ts';
import type { Connection, Subscription } from '../../../shared/src/store/connections.ts';
import { readShards } from '../../../shared/src/store/room-heads.ts';
import { type RoomAccess, readRoomAccess } from '../../../shared/src/store/rooms.ts';
import { subscribe, subscribeMember } from '../../../shared/src/store/subscriptions.ts';
import { roomsOf, roomTopic } from '../../../shared/src/topics.ts';

/**
 * Answers what is written, for the caller to take back; undefined where the speaker was removed from the private room meanwhile.
 * `speaker` must be read before `standing`. Throws what `subscribe` throws.
 */
export async function subscribeToRoom(
  speaker: Connection,
  { room, visibility }: Pick<RoomAccess, 'room' | 'visibility'>,
): Promise<Subscription | undefined> {
  const topic = roomTopic(room);
  const heard = speaker.subscriptions.find((one) => one.topic === topic);
  const shard = heard?.shard ?? Math.floor(Math.random() * (await readShards(room)));
  if (visibility === 'public') return subscribe(speaker, { topic, shard });
  const [written] = await subscribeToPrivateRooms(speaker, [{ topic, shard }]);
  return written;
}

/** Those of private rooms that the speaker hears now; `speaker` must be read before the right to hear them was. */
export const subscribeToPrivateRooms = (
  speaker: Connection,
  subscriptions: Subscription[],
): Promise<Subscription[]> =>
  subscribeMember(speaker, subscriptions, async (wanted) => {
    const found = await readRoomAccess(speaker.userId, roomsOf(wanted));
    return wanted.filter((one) =>
      roomsOf([one]).some((room) => canJoinRoom(found.get(room), speaker.userId)),
    );
  });
