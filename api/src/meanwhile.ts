// Meanwhile: what a hello finds changed since it asked which rooms it may hear.

import { mayHear } from '../../shared/src/access.ts';
import { belongings } from '../../shared/src/belongings.ts';
import { standings } from '../../shared/src/rooms.ts';
import type { Hearing } from './hearing.ts';

type Asked = Pick<Hearing, 'closed' | 'kept' | 'known'>;

export interface Meanwhile {
  /** Those that the user has left since, or was removed from. */
  gone: string[];
  /** Those that another device of the user has joined since, and they may hear. */
  gained: string[];
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
  return {
    gone: [...new Set([...left, ...removed])],
    gained: joined.filter((room) => mayHear(open.get(room), userId)),
  };
}
