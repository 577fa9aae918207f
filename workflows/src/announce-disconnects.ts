// Announces that connections have left all rosters, where their $disconnect may never come.

import { publish } from '../../shared/src/bus.ts';
import { REMEMBER_S } from '../../shared/src/events.ts';
import type { Connection } from '../../shared/src/store/connections.ts';
import { roomsOf } from '../../shared/src/topics.ts';

const AT_ONCE = 25;

/** Of those that had said hello. A bus that refuses costs nobody the frame: what is not told, the counts of `pong` repair. */
export async function announceDisconnects(connections: Connection[]): Promise<void> {
  for (let at = 0; at < connections.length; at += AT_ONCE)
    await Promise.all(connections.slice(at, at + AT_ONCE).map(announceDisconnect));
}

async function announceDisconnect(connection: Connection): Promise<void> {
  const { connectionId, userId, nickname, clientId, subscriptions } = connection;
  const rooms = roomsOf(subscriptions);
  if (clientId === undefined || rooms.length === 0) return;
  try {
    const seen = { at: new Date().toISOString(), isLapsed: false };
    const rememberUntil = Math.floor(Date.now() / 1000) + REMEMBER_S;
    const event = { connectionId, userId, nickname, rooms, ...seen, rememberUntil };
    await publish('ConnectionGone', event, console.warn);
  } catch (error) {
    console.warn({
      message: 'presence event was not published',
      event: 'ConnectionGone',
      connectionId,
      error,
    });
  }
}
