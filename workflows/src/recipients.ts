// The recipients of a frame for some small topics, in all their shards. Shards stay when a crowd has gone, and so do their subscribers.

import {
  type Connection,
  readSubscribers,
  removeSubscribers,
  type Subscription,
} from '../../shared/src/store/connections.ts';
import { readRoomHeads } from '../../shared/src/store/room-heads.ts';
import { roomsOf, roomTopic } from '../../shared/src/topics.ts';

export interface Recipients {
  /** Each once, however many of the topics it hears. */
  connectionIds: string[];
  /** Removes those that were found gone, and answers what was removed. */
  forget(connectionIds: string[]): Promise<Connection[]>;
}

/** Reads no further than to `most`, above which there may be more. Plain clients do not count. */
export async function readRecipients(
  topics: string[],
  most: number = Number.POSITIVE_INFINITY,
): Promise<Recipients> {
  const found = new Map<string, Subscription>();
  await Promise.all(
    (await shardsOf(topics)).map(async (heard) => {
      let from: string | undefined;
      do {
        const { connectionIds, next } = await readSubscribers(heard, from, 'v1');
        for (const id of connectionIds) found.set(id, heard);
        from = next;
      } while (from !== undefined && found.size <= most);
    }),
  );
  return {
    connectionIds: [...found.keys()],
    async forget(ids) {
      const of = (heard: Subscription) => ids.filter((id) => found.get(id) === heard);
      const gone = [...new Set(found.values())].map((heard) => removeSubscribers(of(heard), heard));
      return (await Promise.all(gone)).flat();
    },
  };
}

async function shardsOf(topics: string[]): Promise<Subscription[]> {
  const rooms = roomsOf(topics.map((topic) => ({ topic })));
  const heads = await readRoomHeads(rooms);
  const shards = new Map([...heads].map(([room, head]) => [roomTopic(room), head.shards]));
  return topics.flatMap((topic) =>
    Array.from({ length: shards.get(topic) ?? 1 }, (_, shard) => ({ topic, shard })),
  );
}
