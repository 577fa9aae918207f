// Ends what a user has open beyond five connections: silent ones first, then the one with the oldest hello.

import { publish } from '../../../shared/src/bus.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import type { Connection } from '../../../shared/src/store/connections.ts';
import { PRESENCE_LEASE_MS } from '../../../shared/src/store/presence.ts';
import { readEpoch } from '../../../shared/src/store/sessions.ts';
import { connectionIdsOf } from '../../../shared/src/store/subscriptions.ts';
import { readUserConnections } from '../user-connections.ts';

/**
 * Call it when the newcomer can be found. However many come at once, each ends the first of those it sees, in one order
 * for all: together they end no more than the surplus.
 */
export async function endSurplusConnections(userId: string): Promise<void> {
  if ((await connectionIdsOf(userId)).length <= LIMITS.connections) return;
  const open = newestOfEach(await readUserConnections(userId));
  const surplus = open
    .toSorted(byAge(Date.now() - PRESENCE_LEASE_MS))
    .slice(0, Math.max(0, open.length - LIMITS.connections));
  for (const { connectionId, clientId = '' } of surplus) {
    // Above its own epoch, so that its client stays away until its user acts: else six devices would end each other for ever.
    const epoch = (await readEpoch(userId, clientId)) + 1;
    await publish('ClientReplaced', { connectionId, userId, clientId, epoch }, console.warn);
  }
}

/** A client counts once, by its last hello: its older connections are ended by its lease, whoever of its user looks meanwhile. */
const newestOfEach = (open: Connection[]): Connection[] => [
  ...new Map(
    open
      .toSorted((a, b) => greeted(a) - greeted(b))
      .map((one) => [one.clientId ?? one.connectionId, one]),
  ).values(),
];

/** Every frame moves `fullAt`, and a client that lives pings twice in a lease: who is silent since then is a ghost. */
const byAge =
  (since: number) =>
  (a: Connection, b: Connection): number => {
    const isGhost = ({ fullAt = 0 }: Connection) => fullAt < since;
    const ghosts = Number(isGhost(b)) - Number(isGhost(a));
    return ghosts || greeted(a) - greeted(b) || (a.connectionId < b.connectionId ? -1 : 1);
  };

const greeted = ({ greetedAt = 0 }: Connection): number => greetedAt;
