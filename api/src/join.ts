// join: a room is heard from now on, here and after every hello to come.

import { mayHear, roleIn } from '../../shared/src/access.ts';
import { belongings, remember } from '../../shared/src/belongings.ts';
import { publish } from '../../shared/src/bus.ts';
import type { Connection, Subscription } from '../../shared/src/connections.ts';
import { listen, unlisten } from '../../shared/src/listening.ts';
import { headsOf, shardsOf } from '../../shared/src/messages.ts';
import { LIMITS, LOBBY, Refused } from '../../shared/src/protocol.ts';
import { enlist, makeRoom, type Standing, standings } from '../../shared/src/rooms.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { roomTopic } from '../../shared/src/topics.ts';
import { opened } from './presence.ts';

export const handler = routeHandler('join', async (frame, speaker) => {
  const { room, create = false, visibility: wanted = 'public' } = frame;
  const { userId, nickname } = speaker;
  let standing = await standingOf(userId, room);
  if (standing === undefined && (create || room === LOBBY)) {
    const visibility = room === LOBBY ? 'public' : wanted;
    const createdBy = room === LOBBY ? '' : userId;
    const isMade = await makeRoom({ room, title: room, visibility, createdBy });
    if (!isMade) throw new Refused('TooManyRooms');
    standing = await standingOf(userId, room);
  }
  if (!mayHear(standing, userId)) throw new Refused('NoSuchRoom');
  const { visibility } = standing;
  const role = roleIn(standing, userId);

  const { rooms } = await belongings(userId);
  // Each hello brings the lobby by itself: it is nobody's belonging, and in no list.
  const isNew = room !== LOBBY && !rooms.includes(room);
  if (isNew && rooms.length >= LIMITS.rooms) throw new Refused('TooManyRooms');
  const heard = await hear(speaker, room);
  // Subscribed first, asked again after: a removal under way either finds the subscription, or is found here.
  if (visibility === 'private' && !mayHear(await standingOf(userId, room), userId)) {
    await unlisten(speaker.connectionId, roomTopic(room), [heard]);
    throw new Refused('NoSuchRoom');
  }
  await opened(speaker, [room]);
  if (isNew && visibility === 'public') await enlist(standing);
  if (isNew) await publish('RoomJoined', { room, visibility, role, userId, nickname });
  // Last: what was not told to the other devices is new again when it is tried again.
  if (isNew) await remember(userId, room);
  const head = (await headsOf([room])).get(room)?.head ?? 0;
  return { type: 'joined', room, visibility, role, head };
});

const standingOf = async (userId: string, room: string): Promise<Standing | undefined> =>
  (await standings(userId, [room])).get(room);

async function hear(speaker: Connection, room: string): Promise<Subscription> {
  const topic = roomTopic(room);
  const heard = speaker.subscriptions.find((one) => one.topic === topic);
  const shard = heard?.shard ?? Math.floor(Math.random() * (await shardsOf(room)));
  return listen(speaker, { topic, shard });
}
