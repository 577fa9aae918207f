// Meanwhile: what a hello finds changed since it asked which rooms it may hear.

import { mayHear, rolesIn } from '../../../shared/src/access.ts';
import type { Role } from '../../../shared/src/protocol.ts';
import { belongings } from '../../../shared/src/store/memberships.ts';
import { standings } from '../../../shared/src/store/rooms.ts';
import type { Hearing } from './resolve-rooms.ts';

interface Asked extends Pick<Hearing, 'kept' | 'known'> {
  /** Private rooms that the connection hears. */
  closed: string[];
}

export interface Meanwhile {
  /** Those that the user has left since, or was removed from. */
  gone: string[];
  /** Those that another device of the user has joined since, and they may hear. */
  gained: string[];
  /** Those of `gained` that are private, and what the user is in them. */
  roles: Map<string, Role>;
}

/** To be asked once the connection hears its user's topic: what is joined after it is told there. */
export async function meanwhile(
  userId: string,
  { closed, kept, known }: Asked,
): Promise<Meanwhile> {
  const [own, found] = await Promise.all([
    kept.length === 0 && known === undefined
      ? ([] as string[])
      : belongings(userId).then(({ rooms }) => rooms),
    standings(userId, closed),
  ]);
  const left = kept.filter((room) => !own.includes(room));
  const removed = closed.filter((room) => !mayHear(found.get(room), userId));
  const joined = known === undefined ? [] : own.filter((room) => !known.includes(room));
  const open = await standings(userId, joined);
  const gained = joined.filter((room) => mayHear(open.get(room), userId));
  return {
    gone: [...new Set([...left, ...removed])],
    gained,
    roles: rolesIn(open, gained, userId),
  };
}
