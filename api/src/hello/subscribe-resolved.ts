// The subscriptions of a hello: to public rooms with its row, to private ones only while membership stands.

import {
  type Connection,
  identifyConnection,
  isAuthExpired,
  type Subscription,
} from '../../../shared/src/store/connections.ts';
import { dropMembership } from '../../../shared/src/store/memberships.ts';
import { roomsOf, roomTopic } from '../../../shared/src/topics.ts';
import { recheckAccess } from '../membership/recheck-access.ts';
import type { ResolvedRooms } from '../membership/resolve-rooms.ts';
import { rollbackJoin } from '../membership/rollback-join.ts';
import { subscribeToPrivateRooms, subscribeToRoom } from '../membership/subscribe.ts';
import { planSubscriptions } from './subscriptions.ts';

/** What the hello wrote, which its last check may take back. */
export interface SubscribedHello {
  connection: Connection;
  written: Subscription[];
  /** The rooms of the connection from now on. */
  rooms: string[];
  /** The private ones among them, and the role of the user there. */
  roles: ResolvedRooms['privateRooms'];
  /** Those that come back at each hello until the user leaves them. */
  kept: string[];
}

/** Writes `identity` and the subscriptions. Throws `NotConnected` where the connection has ended, `ConnectionTaken`. */
export async function subscribeResolved(
  before: Connection,
  identity: Omit<Connection, 'subscriptions'>,
  resolved: ResolvedRooms,
): Promise<SubscribedHello> {
  const { userId } = identity;
  const { rooms, privateRooms, kept, known } = resolved;
  const closed = [...privateRooms.keys()];
  const subscriptions = await planSubscriptions(before, userId, rooms);
  const connection = { ...identity, subscriptions };
  const privateTopics = new Set(closed.map(roomTopic));
  // A private room that the row lists may stay: a removal since would have changed its revision. Of an expired token the
  // user's own topic may be deleted, by which a removal finds the connection.
  const listed = new Set(
    isAuthExpired(before) ? [] : before.subscriptions.map(({ topic }) => topic),
  );
  const open = subscriptions.filter(({ topic }) => !privateTopics.has(topic) || listed.has(topic));
  const row = await identifyConnection(
    before,
    { ...connection, subscriptions: open },
    privateTopics,
  ).catch(async (error: unknown) => {
    // What this hello remembered stays only where its user still may be.
    const { gone } = await recheckAccess(userId, { closed, kept: [] });
    await Promise.all(gone.map((room) => dropMembership(userId, room)));
    throw error;
  });
  // Subscribed first, asked again after: a leave under way either finds the subscription, or is found here.
  const asked = { closed, kept, ...(known === undefined ? {} : { known }) };
  const { gone, gained, roles } = await recheckAccess(userId, asked);
  await rollbackJoin(connection, gone, open);
  const isStill = ({ topic }: Subscription) => !gone.some((room) => topic === roomTopic(room));
  const own = subscriptions.filter((one) => privateTopics.has(one.topic) && isStill(one));
  // Subscribed after the right was asked for, on the row as it was before: a removal in between is found there.
  const written = [...open, ...(await subscribeToPrivateRooms(row, own))];
  for (const room of gained) {
    const visibility = roles.has(room) ? 'private' : 'public';
    const subscription = await subscribeToRoom(row, { room, visibility });
    if (subscription !== undefined) written.push(subscription);
  }
  const isWritten = new Set(roomsOf(written));
  const subscribed = [...rooms, ...gained].filter(
    (room) => !gone.includes(room) && isWritten.has(room),
  );
  return {
    connection,
    written,
    rooms: subscribed,
    roles: new Map([...[...privateRooms].filter(([room]) => subscribed.includes(room)), ...roles]),
    kept: [...kept.filter((room) => subscribed.includes(room)), ...gained],
  };
}
