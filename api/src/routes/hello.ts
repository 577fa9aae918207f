// hello: who this connection is and what it hears. Subscribes first and then reads heads: what one misses, the other tells, or the next heads.

import { publish } from '../../../shared/src/bus.ts';
import { env } from '../../../shared/src/env.ts';
import { VERSION } from '../../../shared/src/protocol.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import {
  type Connection,
  isOver,
  reopen,
  type Subscription,
} from '../../../shared/src/store/connections.ts';
import { unremember } from '../../../shared/src/store/memberships.ts';
import { LEASE_MS } from '../../../shared/src/store/presence.ts';
import { settleLease, takeLease } from '../../../shared/src/store/sessions.ts';
import { chargeRooms, drawBucket } from '../../../shared/src/store/user-rate.ts';
import { roomsAmong, roomTopic } from '../../../shared/src/topics.ts';
import { whoIs } from '../hello/authenticate.ts';
import { spread } from '../hello/count-reconnects.ts';
import { endOlder } from '../hello/end-older-connections.ts';
import { endSurplus } from '../hello/end-surplus-connections.ts';
import { readHere } from '../hello/room-presence.ts';
import { subscriptionsFor } from '../hello/subscriptions.ts';
import { fittingWelcome } from '../hello/welcome.ts';
import { readHeads } from '../last-seqs.ts';
import { meanwhile } from '../membership/recheck-access.ts';
import { hearingOf } from '../membership/resolve-rooms.ts';
import { takeBack } from '../membership/rollback-join.ts';
import { hear, hearAsMember } from '../membership/subscribe.ts';
import { nameFor } from '../nickname/assign-nickname.ts';
import { stillBy } from '../nickname/propagate-nickname.ts';
import { greeted } from '../presence-events.ts';

const pingAfterMs = Number(env('PING_AFTER_SECONDS')) * 1000;

export const handler = routeHandler('hello', async (frame, before) => {
  const { connectionId } = before;
  const { clientId, epoch } = frame;
  const who = await whoIs(frame, before);
  const { userId, authExpiresAt } = who;
  const auth = authExpiresAt === undefined ? {} : { authExpiresAt };

  const mine = { userId, clientId, epoch, connectionId };

  const lease = await takeLease(mine);
  if (!lease.taken) {
    await publish('ClientReplaced', { ...mine, epoch: lease.epoch });
    return { type: 'replaced', epoch: lease.epoch };
  }
  // Each of them waits for DynamoDB, and none for another.
  const [naming, { rooms, direct, closed, invitations, ...asked }] = await Promise.all([
    nameFor(frame.nickname, who),
    hearingOf(userId, frame.rooms),
    before.clientId === undefined
      ? drawBucket(mine)
      : chargeRooms(connectionId, movedBy(frame.rooms, before)),
  ]);
  const subscriptions = await subscriptionsFor(before, userId, rooms);
  const { nickname: wanted } = naming;
  const after = { ...mine, ...auth, nickname: wanted, protocol: 'v1' as const, subscriptions };
  const members = new Set([...closed.keys()].map(roomTopic));
  // A private room that the row lists may stay: a removal since would have changed its revision. Of an expired token the
  // user's own topic may be deleted, by which a removal finds the connection.
  const listed = new Set(isOver(before) ? [] : before.subscriptions.map(({ topic }) => topic));
  const open = subscriptions.filter(({ topic }) => !members.has(topic) || listed.has(topic));
  const row = await reopen(before, { ...after, subscriptions: open }, members).catch(
    async (error: unknown) => {
      // What this hello remembered stays only where its user still may be.
      const { gone } = await meanwhile(userId, { closed: [...closed.keys()], kept: [] });
      await Promise.all(gone.map((room) => unremember(userId, room)));
      throw error;
    },
  );
  // Subscribed first, asked again after: a leave under way either finds the subscription, or is found here.
  const { gone, gained, ...more } = await meanwhile(userId, {
    closed: [...closed.keys()],
    ...asked,
  });
  await takeBack(after, gone, open);
  const isHere = ({ topic }: Subscription) => !gone.some((room) => topic === roomTopic(room));
  const own = subscriptions.filter((one) => members.has(one.topic) && isHere(one));
  // Subscribed after the right was asked for, on the row as it was before: a removal in between is found there.
  const written = [...open, ...(await hearAsMember(row, own))];
  for (const room of gained) {
    const visibility = more.roles.has(room) ? 'private' : 'public';
    const subscription = await hear(row, { room, visibility });
    if (subscription !== undefined) written.push(subscription);
  }
  const isHeardHere = new Set(roomsAmong(written));
  const heard = [...rooms, ...gained].filter(
    (room) => !gone.includes(room) && isHeardHere.has(room),
  );
  // Whose token had expired was in no room: others may have been told so.
  await greeted(isOver(before) ? { ...before, subscriptions: [] } : before, after, heard);
  const nickname = await stillBy(userId, naming);
  const [heads, here, { spreadMs, came }] = await Promise.all([
    readHeads([...heard, ...direct]),
    readHere(heard),
    spread(lease.came),
  ]);
  // And asked once more: the same holds for the rosters that were entered, and for what is told.
  const isHeard = (room: string) => heard.includes(room);
  const roles = new Map([...[...closed].filter(([room]) => isHeard(room)), ...more.roles]);
  const { gone: lost } = await meanwhile(userId, {
    closed: [...roles.keys()],
    kept: [...asked.kept.filter(isHeard), ...gained],
  });
  await takeBack(after, lost, written);
  // Last: who failed before this leaves the older connection alive, and its client a line.
  await endOlder(lease.older, mine);
  await endSurplus(userId).catch((error: unknown) =>
    // The next hello does it; failing would cost this client its line.
    console.warn({ route: 'hello', connectionId, surplus: true, error }),
  );
  if (lease.older.length > 0 || came !== lease.came)
    await settleLease(mine, { ended: lease.older, came }).catch((error: unknown) =>
      // Doing it again costs the next hello a look; failing would cost this client its line.
      console.warn({ route: 'hello', connectionId, unsettled: true, error }),
    );
  const nowMs = Date.now();
  const times = {
    now: new Date(nowMs).toISOString(),
    ...{ pingAfterMs, leaseMs: LEASE_MS, spreadMs },
    ...(authExpiresAt === undefined
      ? {}
      : { authForMs: Math.max(1, authExpiresAt * 1000 - nowMs) }),
  };
  const welcome = { type: 'welcome', v: VERSION, userId, nickname, ...times } as const;
  return fittingWelcome(welcome, {
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
  const heard = new Set(roomsAmong(subscriptions));
  const entered = [...wanted].filter((room) => !heard.has(room));
  const left = [...heard].filter((room) => !wanted.has(room));
  return entered.length + left.length;
}

const without = <T>(rooms: string[], told: { [room: string]: T }): { [room: string]: T } =>
  Object.fromEntries(Object.entries(told).filter(([room]) => !rooms.includes(room)));
