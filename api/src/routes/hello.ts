// hello: the connection gets its user, its session and its rooms. It subscribes first and reads sequence numbers after, so that no message is missed.

import { publish } from '../../../shared/src/bus.ts';
import { env } from '../../../shared/src/env.ts';
import { type Replaced, VERSION } from '../../../shared/src/protocol/frames.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { type Connection, isAuthExpired } from '../../../shared/src/store/connections.ts';
import { PRESENCE_LEASE_MS } from '../../../shared/src/store/presence.ts';
import { acquireSession, type SessionHolder } from '../../../shared/src/store/sessions.ts';
import { chargeRoomChanges, takeUserBucket } from '../../../shared/src/store/user-rate.ts';
import { roomsOf } from '../../../shared/src/topics.ts';
import { authenticate } from '../hello/authenticate.ts';
import { countReconnects } from '../hello/count-reconnects.ts';
import { readRoomPresence } from '../hello/room-presence.ts';
import { subscribeResolved } from '../hello/subscribe-resolved.ts';
import { takeOver } from '../hello/take-over.ts';
import { fitWelcome } from '../hello/welcome.ts';
import { readLastSeqs } from '../last-seqs.ts';
import { recheckAccess } from '../membership/recheck-access.ts';
import { resolveRooms } from '../membership/resolve-rooms.ts';
import { rollbackJoin } from '../membership/rollback-join.ts';
import { assignNickname } from '../nickname/assign-nickname.ts';
import { syncNickname } from '../nickname/propagate-nickname.ts';
import { updateRosters } from '../presence-events.ts';

const pingAfterMs = Number(env('PING_AFTER_SECONDS')) * 1000;

export const handler = routeHandler('hello', async (frame, before) => {
  const { connectionId } = before;
  const { clientId, epoch } = frame;
  const user = await authenticate(frame, before);
  const { userId, authExpiresAt } = user;
  const holder = { userId, clientId, epoch, connectionId };

  const lease = await acquireSession(holder);
  if (!lease.taken) return replaced(holder, lease.epoch);

  const [assigned, resolved] = await Promise.all([
    assignNickname(frame.nickname, user),
    resolveRooms(userId, frame.rooms),
    takeTokens(frame.rooms, before, holder),
  ]);

  const auth = authExpiresAt === undefined ? {} : { authExpiresAt };
  const identity = { ...holder, ...auth, nickname: assigned.nickname, protocol: 'v1' as const };
  const subscribed = await subscribeResolved(before, identity, resolved);
  const { connection, rooms, roles } = subscribed;

  // An expired token was in no room: others may have been told so.
  const listed = isAuthExpired(before) ? { ...before, subscriptions: [] } : before;
  await updateRosters(listed, connection, rooms);

  const nickname = await syncNickname(userId, assigned);
  const [heads, here, { spreadMs, came }] = await Promise.all([
    readLastSeqs([...rooms, ...resolved.direct]),
    readRoomPresence(rooms),
    countReconnects(lease.came),
  ]);

  // Asked once more: the same holds for the rosters that were entered, and for what is told.
  const asked = { closed: [...roles.keys()], kept: subscribed.kept };
  const { gone } = await recheckAccess(userId, asked);
  await rollbackJoin(connection, gone, subscribed.written);

  await takeOver(holder, lease, came);

  const nowMs = Date.now();
  const timing = {
    now: new Date(nowMs).toISOString(),
    ...{ pingAfterMs, leaseMs: PRESENCE_LEASE_MS, spreadMs },
    ...(authExpiresAt === undefined
      ? {}
      : { authForMs: Math.max(1, authExpiresAt * 1000 - nowMs) }),
  };
  return fitWelcome(
    { type: 'welcome', v: VERSION, userId, nickname, ...timing },
    {
      heads: without(gone, heads),
      roles: without(gone, Object.fromEntries(roles)),
      here: without(gone, here),
      invitations: resolved.invitations,
    },
  );
});

/** Another connection of the client has the session. This one is ended, and told the epoch that has it. */
async function replaced(holder: SessionHolder, epoch: number): Promise<Replaced> {
  await publish('ClientReplaced', { ...holder, epoch });
  return { type: 'replaced', epoch };
}

/** A first hello takes a bucket of its user's. A later one takes a token for each room that it enters or leaves. */
async function takeTokens(
  named: string[] | undefined,
  before: Connection,
  holder: SessionHolder,
): Promise<void> {
  if (before.clientId === undefined) return takeUserBucket(holder);
  const current = roomsOf(before.subscriptions);
  const wanted = named ?? current;
  const changed = [...new Set([...current, ...wanted])].filter(
    (room) => current.includes(room) !== wanted.includes(room),
  );
  await chargeRoomChanges(before.connectionId, changed.length);
}

const without = <T>(rooms: string[], told: { [room: string]: T }): { [room: string]: T } =>
  Object.fromEntries(Object.entries(told).filter(([room]) => !rooms.includes(room)));
