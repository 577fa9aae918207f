// One more room that a connection hears: in the shard in which it hears it already, or in one by chance.

import type { Connection, Subscription } from '../../shared/src/connections.ts';
import { listen } from '../../shared/src/listening.ts';
import { shardsOf } from '../../shared/src/messages.ts';
import { roomTopic } from '../../shared/src/topics.ts';

/** Answers what was written, for who has to take it back. Throws what `listen` throws. */
export async function hear(speaker: Connection, room: string): Promise<Subscription> {
  const topic = roomTopic(room);
  const heard = speaker.subscriptions.find((one) => one.topic === topic);
  const shard = heard?.shard ?? Math.floor(Math.random() * (await shardsOf(room)));
  return listen(speaker, { topic, shard });
}
