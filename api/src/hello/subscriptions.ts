// The subscriptions that a hello asks for, with a shard for each topic.

import type { Connection, Subscription } from '../../../shared/src/store/connections.ts';
import { readRoomHeads } from '../../../shared/src/store/room-heads.ts';
import { roomTopic, userTopic } from '../../../shared/src/topics.ts';

/** What is heard already stays in its shard; a new room is heard in one by chance, which spreads a crowd evenly. */
export async function planSubscriptions(
  { subscriptions }: Connection,
  userId: string,
  rooms: string[],
): Promise<Subscription[]> {
  const shards = new Map(subscriptions.map(({ topic, shard }) => [topic, shard]));
  const heads = await readRoomHeads(rooms.filter((room) => !shards.has(roomTopic(room))));
  for (const [room, head] of heads)
    shards.set(roomTopic(room), Math.floor(Math.random() * head.shards));
  const topics = [...new Set(rooms.map(roomTopic)), userTopic(userId)];
  return topics.map((topic) => ({ topic, shard: shards.get(topic) ?? 0 }));
}
