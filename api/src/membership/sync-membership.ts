// A device follows its user into a room that another device of theirs has joined, and only if they are still in it.

import { mayHear, mayUse, roleIn } from '../../../shared/src/access.ts';
import type { Joined, Left } from '../../../shared/src/protocol.ts';
import type { Connection } from '../../../shared/src/store/connections.ts';
import { belongings } from '../../../shared/src/store/memberships.ts';
import { headsOf } from '../../../shared/src/store/room-heads.ts';
import { type Standing, standings } from '../../../shared/src/store/rooms.ts';
import { unlisten } from '../../../shared/src/store/subscriptions.ts';
import { roomTopic } from '../../../shared/src/topics.ts';
import { opened, parted } from '../presence-events.ts';
import { hear } from './subscribe.ts';

/** Makes nothing and remembers nothing: what the bus told late must not undo a leave. */
export async function follow(room: string, speaker: Connection): Promise<Joined | Left> {
  const { userId } = speaker;
  const left = { type: 'left', room, follow: true } as const;
  const standing = await mine(userId, room);
  if (standing === undefined) return left;
  const heard = await hear(speaker, standing);
  if (heard === undefined) return left;
  if (!mayUse(speaker, room)) await opened(speaker, [room]);
  const head = (await headsOf([room])).get(room)?.head ?? 0;
  // Subscribed first, asked again after: a leave or removal under way either finds the subscription, or is found here.
  if ((await mine(userId, room)) === undefined) {
    await unlisten(speaker, roomTopic(room), [heard]);
    await parted(speaker, [room]);
    return left;
  }
  return {
    type: 'joined',
    room,
    visibility: standing.visibility,
    role: roleIn(standing, userId),
    head,
  };
}

/** The room as its user finds it, if they are in it. */
async function mine(userId: string, room: string): Promise<Standing | undefined> {
  const [{ rooms }, found] = await Promise.all([belongings(userId), standings(userId, [room])]);
  const standing = found.get(room);
  return rooms.includes(room) && mayHear(standing, userId) ? standing : undefined;
}
