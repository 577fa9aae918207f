// Direct rooms are opened by their first message: from then on both users find them, wherever they come back.

import { rememberBoth } from '../../shared/src/belongings.ts';

/** Rooms that this sandbox has opened: nobody can leave one, so opening it again would only cost. */
const opened = new Set<string>();
const MOST = 10_000;

export async function openDirect(users: [string, string], room: string): Promise<void> {
  if (opened.has(room)) return;
  await rememberBoth(users, room);
  if (opened.size >= MOST) opened.clear();
  opened.add(room);
}
