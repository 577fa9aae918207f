// Direct rooms are listed by who spoke last in them: from the first message on both users find them, wherever they come back.

import { spoke } from '../../shared/src/conversations.ts';

/** In a conversation that goes on, its place in the list is written anew after so long: order within minutes is enough. */
const TOUCH_MS = 10 * 60_000;
const MOST = 10_000;
/** Until when what a user says in a room need not be written again by this sandbox, epoch milliseconds. */
const known = new Map<string, number>();

export async function listDirect(
  from: string,
  [one, other]: [string, string],
  room: string,
): Promise<void> {
  const key = `${from} ${room}`;
  if ((known.get(key) ?? 0) > Date.now()) return;
  await spoke(from, from === one ? other : one, room);
  if (known.size >= MOST) known.clear();
  known.set(key, Date.now() + TOUCH_MS);
}
