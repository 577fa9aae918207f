// Ending what a user has open beyond five connections: those that were silent the longest, which ghosts are.

import { publish } from '../../shared/src/bus.ts';
import { epochOf } from '../../shared/src/clients.ts';
import type { Connection } from '../../shared/src/connections.ts';
import { connectionsOf } from '../../shared/src/listening.ts';
import { LIMITS } from '../../shared/src/protocol.ts';
import { devicesOf } from './devices.ts';

/**
 * Call it when the newcomer can be found. `ended`: connections whose end is on the bus already. However many come at
 * once, each ends the most silent of those it sees, and so all together no more than the surplus.
 */
export async function endSurplus(userId: string, ended: string[]): Promise<void> {
  const most = LIMITS.connections + ended.length;
  if ((await connectionsOf(userId)).length <= most) return;
  const open = (await devicesOf(userId)).filter((one) => !ended.includes(one.connectionId));
  const surplus = open.toSorted(bySilence).slice(0, Math.max(0, open.length - LIMITS.connections));
  for (const { connectionId, clientId = '' } of surplus) {
    // Above its own epoch, so that its client stays away until its user acts: else six devices would end each other for ever.
    const epoch = (await epochOf(userId, clientId)) + 1;
    await publish('ClientReplaced', { connectionId, userId, clientId, epoch });
  }
}

/** Every frame moves `fullAt`, and a client that lives pings. */
const bySilence = (a: Connection, b: Connection): number =>
  (a.fullAt ?? 0) - (b.fullAt ?? 0) || (a.connectionId < b.connectionId ? -1 : 1);
