// hello: who this connection is and what it hears. Subscribes first and then reads heads, so that no message falls between.

import { publish } from '../../shared/src/bus.ts';
import { takeLease } from '../../shared/src/clients.ts';
import { find, reopen } from '../../shared/src/connections.ts';
import { env } from '../../shared/src/env.ts';
import { unlisten } from '../../shared/src/listening.ts';
import { VERSION } from '../../shared/src/protocol.ts';
import { LEASE_MS } from '../../shared/src/roster.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { roomTopic } from '../../shared/src/topics.ts';
import { guestWith } from './guest.ts';
import { readHeads } from './heads.ts';
import { hearingOf, lost } from './hearing.ts';
import { readHere } from './here.ts';
import { nameFor } from './naming.ts';
import { greeted } from './presence.ts';
import { spread } from './spread.ts';
import { subscriptionsFor } from './subscriptions.ts';

const pingAfterMs = Number(env('PING_AFTER_SECONDS')) * 1000;

export const handler = routeHandler('hello', async (frame, before) => {
  const { connectionId } = before;
  const { clientId, epoch } = frame;
  const guest = guestWith(frame.secret);
  const { userId } = guest;

  const older = await takeLease({ userId, clientId, epoch, connectionId });
  if (older === undefined) {
    await publish('ClientReplaced', { connectionId, userId, clientId });
    return { type: 'replaced' };
  }
  for (const id of older) {
    if (await find(id)) await publish('ClientReplaced', { connectionId: id, userId, clientId });
  }

  const nickname = await nameFor(frame.nickname, guest);
  const { rooms, direct, closed } = await hearingOf(userId, frame.rooms);
  const subscriptions = await subscriptionsFor(before, userId, rooms);
  const after = {
    connectionId,
    userId,
    nickname,
    protocol: 'v1' as const,
    clientId,
    subscriptions,
  };
  await reopen(before, after);
  // Subscribed first, asked again after: a removal under way either finds the subscription, or is found here.
  const gone = await lost(userId, closed);
  for (const room of gone) await unlisten(connectionId, roomTopic(room), subscriptions);
  const mine = rooms.filter((room) => !gone.includes(room));
  await greeted(before, after, mine);
  const told = [readHeads([...mine, ...direct]), readHere(mine), spread()] as const;
  const [heads, here, spreadMs] = await Promise.all(told);
  const now = new Date().toISOString();
  const times = { now, pingAfterMs, leaseMs: LEASE_MS, spreadMs };
  return { type: 'welcome', v: VERSION, userId, nickname, heads, here, ...times };
});
