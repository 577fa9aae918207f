// Gone: says that connections are in no roster any more, where their $disconnect may never come.

import { publish } from '../../shared/src/bus.ts';
import type { Connection } from '../../shared/src/connections.ts';
import { REMEMBER_S } from '../../shared/src/events.ts';
import { roomsAmong } from '../../shared/src/topics.ts';

/** Of those that had said hello. A bus that refuses costs nobody the frame: what is not told, the counts of `pong` repair. */
export async function sayGone(connections: Connection[]): Promise<void> {
  await Promise.all(connections.map(sayOneGone));
}

async function sayOneGone(connection: Connection): Promise<void> {
  const { connectionId, userId, nickname, clientId, subscriptions } = connection;
  const rooms = roomsAmong(subscriptions);
  if (clientId === undefined || rooms.length === 0) return;
  try {
    await publish('ConnectionGone', {
      ...{ connectionId, userId, nickname, rooms, isLapsed: false },
      at: new Date().toISOString(),
      rememberUntil: Math.floor(Date.now() / 1000) + REMEMBER_S,
    });
  } catch (error) {
    console.error({ event: 'ConnectionGone', connectionId, untold: true, error });
  }
}
