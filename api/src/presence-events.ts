// Presence as the routes use it: entries in rosters, and the event that announces a change.

import { publish } from '../../shared/src/bus.ts';
import { REMEMBER_S } from '../../shared/src/events.ts';
import { type Connection, readConnection } from '../../shared/src/store/connections.ts';
import {
  addPresence,
  type ExpiredPresence,
  type Roster,
  readRoster,
  removeExpired,
  removePresence,
  renewOrAddPresence,
  renewPresence,
} from '../../shared/src/store/presence.ts';
import { roomsOf } from '../../shared/src/topics.ts';

type Name = 'ConnectionOpened' | 'ConnectionClosed';

/** Puts the connection into the rosters of these rooms, and says so. */
export async function enterRooms(connection: Connection, rooms: string[]): Promise<void> {
  if (rooms.length === 0) return;
  await addPresence(rooms, connection);
  await publishPresence('ConnectionOpened', connection, rooms);
}

/** Puts the connection into the roster of a room that it joins, and says so. Where it hears it already, no other lease may end before. */
export async function enterJoinedRoom(connection: Connection, room: string): Promise<void> {
  const heard = roomsOf(connection.subscriptions);
  if (!heard.includes(room)) return enterRooms(connection, [room]);
  const lapsed = await renewLeases([room, ...heard.filter((other) => other !== room)], connection);
  await publishPresence('ConnectionOpened', connection, [...new Set([room, ...lapsed])]);
}

/** Takes the connection out of the rosters of these rooms, and says so. */
export async function leaveRooms(connection: Connection, rooms: string[]): Promise<void> {
  if (rooms.length === 0) return;
  await removePresence(rooms, connection);
  await publishPresence('ConnectionClosed', connection, rooms);
}

/** As `leaveRooms`, where its user left the rooms or was removed: nobody comes back by a reload, so they are told without a grace. */
export async function leaveRoomsAtOnce(connection: Connection, rooms: string[]): Promise<void> {
  if (rooms.length === 0) return;
  await removePresence(rooms, connection);
  await publishPresence('ConnectionClosed', connection, rooms, new Date().toISOString());
}

/** Takes these connections of the user out of the room's roster: they left, or were removed. */
export async function leaveRoomEverywhere(
  userId: string,
  connectionIds: string[],
  room: string,
): Promise<void> {
  await Promise.all(
    connectionIds.map(async (connectionId) => {
      const connection = await readConnection(connectionId);
      if (connection?.userId === userId) await leaveRoomsAtOnce(connection, [room]);
      // Its row, which no longer lists the room, was closed before its entry could be found by it.
      else await removePresence([room], { userId, connectionId });
    }),
  );
}

/** Keeps the connection's leases alive; one that had lapsed has come again. */
export async function renewRosters(connection: Connection, rooms: string[]): Promise<void> {
  const lapsed = await renewLeases(rooms, connection);
  if (lapsed.length > 0) await publishPresence('ConnectionOpened', connection, lapsed);
}

/**
 * Renews leases; answers those that had lapsed. Written first, read after: a removal, a leave or an end under way finds the
 * entries, or is found here. Else somebody who was removed would be shown as online until the lease ends.
 */
async function renewLeases(rooms: string[], connection: Connection): Promise<string[]> {
  const lapsed = await renewPresence(rooms, connection);
  if (lapsed === undefined) return [];
  const row = await readConnection(connection.connectionId);
  const heard = row === undefined ? [] : roomsOf(row.subscriptions);
  const lost = rooms.filter((room) => !heard.includes(room));
  await leaveRoomsAtOnce(connection, lost);
  return lapsed.filter((room) => !lost.includes(room));
}

/** Who is in the room. Whose lease ended and who is found there now is taken out, and the room is told by an event. */
export async function readPresent(room: string): Promise<Roster> {
  const roster = await readRoster(room);
  await Promise.all(roster.ghosts.map((ghost) => removeExpiredEntry(room, ghost)));
  return roster;
}

/** What fails is left to the next who looks. */
async function removeExpiredEntry(room: string, ghost: ExpiredPresence): Promise<void> {
  try {
    if (await removeExpired(room, ghost))
      await publishPresence('ConnectionClosed', ghost, [room], ghost.leaseUntil);
  } catch (error) {
    console.warn({
      message: 'expired presence entry was not removed',
      room,
      connectionId: ghost.connectionId,
      error,
    });
  }
}

/** A bus that refuses costs nobody the frame: what is not told, the counts of `pong` repair. `overAt`: when it ended for good. */
async function publishPresence(
  name: Name,
  { connectionId, userId, nickname }: Pick<Connection, 'connectionId' | 'userId' | 'nickname'>,
  rooms: string[],
  overAt?: string,
): Promise<void> {
  try {
    const rememberUntil = Math.floor(Date.now() / 1000) + REMEMBER_S;
    const seen = { at: overAt ?? new Date().toISOString(), isLapsed: overAt !== undefined };
    const event = { connectionId, userId, nickname, rooms, ...seen, rememberUntil };
    await publish(name, event, console.warn);
  } catch (error) {
    console.warn({ message: 'presence event was not published', event: name, connectionId, error });
  }
}

/**
 * After a hello: out of the rosters that it gave up, into those that it asked for, and anew into those that it keeps, whose
 * leases would end sooner than the others'. A name that changed is told anew.
 */
export async function updateRosters(
  before: Connection,
  after: Connection,
  rooms: string[],
): Promise<void> {
  const isSelf = before.userId === after.userId;
  const earlier = roomsOf(before.subscriptions);
  const stays = isSelf && before.nickname === after.nickname ? earlier : [];
  await leaveRooms(
    before,
    earlier.filter((room) => !isSelf || !rooms.includes(room)),
  );
  const kept = rooms.filter((room) => stays.includes(room));
  const lapsed = await renewOrAddPresence(kept, after);
  await enterRooms(
    after,
    rooms.filter((room) => lapsed.includes(room) || !kept.includes(room)),
  );
}
