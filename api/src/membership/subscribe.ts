// More rooms that a connection hears: each in the shard in which it hears it already, or in one by chance.

import { mayHear } from '../../../shared/src/access.ts';
import type { Connection, Subscription } from '../../../shared/src/store/connections.ts';
import { shardsOf } from '../../../shared/src/store/room-heads.ts';
import { type Standing, standings } from '../../../shared/src/store/rooms.ts';
import { listen, listenAsMember } from '../../../shared/src/store/subscriptions.ts';
import { roomsAmong, roomTopic } from '../../../shared/src/topics.ts';

/**
 * Answers what is written, for the caller to take back; undefined where the speaker was removed from the private room meanwhile.
 * `speaker` must be read before `standing`. Throws what `listen` throws.
 */
export async function hear(
  speaker: Connection,
  { room, visibility }: Pick<Standing, 'room' | 'visibility'>,
): Promise<Subscription | undefined> {
  const topic = roomTopic(room);
  const heard = speaker.subscriptions.find((one) => one.topic === topic);
  const shard = heard?.shard ?? Math.floor(Math.random() * (await shardsOf(room)));
  if (visibility === 'public') return listen(speaker, { topic, shard });
  const [written] = await hearAsMember(speaker, [{ topic, shard }]);
  return written;
}

/** Those of private rooms that the speaker hears now; `speaker` must be read before the right to hear them was. */
export const hearAsMember = (
  speaker: Connection,
  subscriptions: Subscription[],
): Promise<Subscription[]> =>
  listenAsMember(speaker, subscriptions, async (wanted) => {
    const found = await standings(speaker.userId, roomsAmong(wanted));
    return wanted.filter((one) =>
      roomsAmong([one]).some((room) => mayHear(found.get(room), speaker.userId)),
    );
  });
