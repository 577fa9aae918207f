// hello: who this connection is and what it hears. Subscribes first and then reads heads: what one misses, the other tells, or the next heads.

import { publish } from '../../../shared/src/bus.ts';
import { env } from '../../../shared/src/env.ts';
import { VERSION } from '../../../shared/src/protocol/frames.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import {
  type Connection,
  identifyConnection,
  isAuthExpired,
  type Subscription,
} from '../../../shared/src/store/connections.ts';
import { dropMembership } from '../../../shared/src/store/memberships.ts';
import { PRESENCE_LEASE_MS } from '../../../shared/src/store/presence.ts';
import { acquireSession, settleSession } from '../../../shared/src/store/sessions.ts';
import { chargeRoomChanges, takeUserBucket } from '../../../shared/src/store/user-rate.ts';
import { roomsOf, roomTopic } from '../../../shared/src/topics.ts';
import { authenticate } from '../hello/authenticate.ts';
import { countReconnects } from '../hello/count-reconnects.ts';
import { endOlderConnections } from '../hello/end-older-connections.ts';
import { endSurplusConnections } from '../hello/end-surplus-connections.ts';
import { readRoomPresence } from '../hello/room-presence.ts';
import { planSubscriptions } from '../hello/subscriptions.ts';
import { fitWelcome } from '../hello/welcome.ts';
import { readLastSeqs } from '../last-seqs.ts';
import { recheckAccess } from '../membership/recheck-access.ts';
import { resolveRooms } from '../membership/resolve-rooms.ts';
import { rollbackJoin } from '../membership/rollback-join.ts';
import { subscribeToPrivateRooms, subscribeToRoom } from '../membership/subscribe.ts';
import { assignNickname } from '../nickname/assign-nickname.ts';
import { syncNickname } from '../nickname/propagate-nickname.ts';
import { updateRosters } from '../presence-events.ts';

const pingAfterMs = Number(env('PING_AFTER_SECONDS')) * 1000;

export const handler = routeHandler('hello', async (frame, before) => {
  const { connectionId } = before;
  const { clientId, epoch } = frame;
  const who = await authenticate(frame, before);
  const { userId, authExpiresAt } = who;
  const auth = authExpiresAt === undefined ? {} : { authExpiresAt };

  const mine = { userId, clientId, epoch, connectionId };

  const lease = await acquireSession(mine);
  if (!lease.taken) {
    await publish('ClientReplaced', { ...mine, epoch: lease.epoch });
    return { type: 'replaced', epoch: lease.epoch };
  }
  // Each of them waits for DynamoDB, and none for another.
  const [naming, { rooms, direct, privateRooms, invitations, ...asked }] = await Promise.all([
    assignNickname(frame.nickname, who),
    resolveRooms(userId, frame.rooms),
    before.clientId === undefined
      ? takeUserBucket(mine)
      : chargeRoomChanges(connectionId, movedBy(frame.rooms, before)),
  ]);
  const subscriptions = await planSubscriptions(before, userId, rooms);
  const { nickname: wanted } = naming;
  const after = { ...mine, ...auth, nickname: wanted, protocol: 'v1' as const, subscriptions };
  const members = new Set([...privateRooms.keys()].map(roomTopic));
  // A private room that the row lists may stay: a removal since would have changed its revision. Of an expired token the
  // user's own topic may be deleted, by which a removal finds the connection.
  const listed = new Set(
    isAuthExpired(before) ? [] : before.subscriptions.map(({ topic }) => topic),
  );
  const open = subscriptions.filter(({ topic }) => !members.has(topic) || listed.has(topic));
  const row = await identifyConnection(before, { ...after, subscriptions: open }, members).catch(
    async (error: unknown) => {
      // What this hello remembered stays only where its user still may be.
      const { gone } = await recheckAccess(userId, { closed: [...privateRooms.keys()], kept: [] });
      await Promise.all(gone.map((room) => dropMembership(userId, room)));
      throw error;
    },
  );
  // Subscribed first, asked again after: a leave under way either finds the subscription, or is found here.
  const { gone, gained, ...more } = await recheckAccess(userId, {
    closed: [...privateRooms.keys()],
    ...asked,
  });
  await rollbackJoin(after, gone, open);
  const isHere = ({ topic }: Subscription) => !gone.some((room) => topic === roomTopic(room));
  const own = subscriptions.filter((one) => members.has(one.topic) && isHere(one));
  // Subscribed after the right was asked for, on the row as it was before: a removal in between is found there.
  const written = [...open, ...(await subscribeToPrivateRooms(row, own))];
  for (const room of gained) {
    const visibility = more.roles.has(room) ? 'private' : 'public';
    const subscription = await subscribeToRoom(row, { room, visibility });
    if (subscription !== undefined) written.push(subscription);
  }
  const isHeardHere = new Set(roomsOf(written));
  const heard = [...rooms, ...gained].filter(
    (room) => !gone.includes(room) && isHeardHere.has(room),
  );
  // Whose token had expired was in no room: others may have been told so.
  await updateRosters(
    isAuthExpired(before) ? { ...before, subscriptions: [] } : before,
    after,
    heard,
  );
  const nickname = await syncNickname(userId, naming);
  const [heads, here, { spreadMs, came }] = await Promise.all([
    readLastSeqs([...heard, ...direct]),
    readRoomPresence(heard),
    countReconnects(lease.came),
  ]);
  // And asked once more: the same holds for the rosters that were entered, and for what is told.
  const isHeard = (room: string) => heard.includes(room);
  const roles = new Map([...[...privateRooms].filter(([room]) => isHeard(room)), ...more.roles]);
  const { gone: lost } = await recheckAccess(userId, {
    closed: [...roles.keys()],
    kept: [...asked.kept.filter(isHeard), ...gained],
  });
  await rollbackJoin(after, lost, written);
  // Last: who failed before this leaves the older connection alive, and its client a line.
  await endOlderConnections(lease.older, mine);
  await endSurplusConnections(userId).catch((error: unknown) =>
    // The next hello does it; failing would cost this client its line.
    console.warn({ route: 'hello', connectionId, surplus: true, error }),
  );
  if (lease.older.length > 0 || came !== lease.came)
    await settleSession(mine, { ended: lease.older, came }).catch((error: unknown) =>
      // Doing it again costs the next hello a look; failing would cost this client its line.
      console.warn({ route: 'hello', connectionId, unsettled: true, error }),
    );
  const nowMs = Date.now();
  const times = {
    now: new Date(nowMs).toISOString(),
    ...{ pingAfterMs, leaseMs: PRESENCE_LEASE_MS, spreadMs },
    ...(authExpiresAt === undefined
      ? {}
      : { authForMs: Math.max(1, authExpiresAt * 1000 - nowMs) }),
  };
  const welcome = { type: 'welcome', v: VERSION, userId, nickname, ...times } as const;
  return fitWelcome(welcome, {
    heads: without(lost, heads),
    roles: without(lost, Object.fromEntries(roles)),
    here: without(lost, here),
    invitations,
  });
});

/** How many rooms a hello that names its rooms enters and leaves. */
function movedBy(named: string[] | undefined, { subscriptions }: Connection): number {
  if (named === undefined) return 0;
  const wanted = new Set(named);
  const heard = new Set(roomsOf(subscriptions));
  const entered = [...wanted].filter((room) => !heard.has(room));
  const left = [...heard].filter((room) => !wanted.has(room));
  return entered.length + left.length;
}

const without = <T>(rooms: string[], told: { [room: string]: T }): { [room: string]: T } =>
  Object.fromEntries(Object.entries(told).filter(([room]) => !rooms.includes(room)));
