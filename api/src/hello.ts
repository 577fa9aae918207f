// hello: who this connection is and what it hears. Subscribes first and then reads heads: what one misses, the other tells, or the next heads.

import { publish } from '../../shared/src/bus.ts';
import { settleLease, takeLease } from '../../shared/src/clients.ts';
import { reopen } from '../../shared/src/connections.ts';
import { env } from '../../shared/src/env.ts';
import { LOBBY, VERSION } from '../../shared/src/protocol.ts';
import { routeHandler } from '../../shared/src/route.ts';
import { endOlder } from './end-older.ts';
import { guestWith } from './guest.ts';
import { readHeads } from './heads.ts';
import { spread } from './spread.ts';
import { subscriptionsFor } from './subscriptions.ts';

const pingAfterMs = Number(env('PING_AFTER_SECONDS')) * 1000;

export const handler = routeHandler('hello', async (frame, before) => {
  const { connectionId } = before;
  const { clientId, epoch, rooms = [LOBBY] } = frame;
  const guest = guestWith(frame.secret);
  const { userId, nickname } = { ...guest, nickname: frame.nickname?.trim() ?? guest.nickname };

  const mine = { userId, clientId, epoch, connectionId };

  const lease = await takeLease(mine);
  if (!lease.taken) {
    await publish('ClientReplaced', { ...mine, epoch: lease.epoch });
    return { type: 'replaced', epoch: lease.epoch };
  }
  const subscriptions = await subscriptionsFor(before, userId, rooms);
  await reopen(before, { connectionId, userId, nickname, protocol: 'v1', clientId, subscriptions });
  const [heads, { spreadMs, came }] = await Promise.all([readHeads(rooms), spread(lease.came)]);
  // Last: who failed before this leaves the older connection alive, and its client a line.
  await endOlder(lease.older, mine);
  if (lease.older.length > 0 || came !== lease.came)
    await settleLease(mine, { ended: lease.older, came }).catch((error: unknown) =>
      // Doing it again costs the next hello a look; failing would cost this client its line.
      console.error({ route: 'hello', connectionId, unsettled: true, error }),
    );
  const now = new Date().toISOString();
  return { type: 'welcome', v: VERSION, userId, nickname, heads, now, pingAfterMs, spreadMs };
});
