// The lists of direct rooms of two users: written from the first message on, so that both find the room on every device.

import { Refused } from '../../shared/src/protocol/errors.ts';
import { hasSpoken, recordDirectMessage } from '../../shared/src/store/conversations.ts';
import { readNickname } from '../../shared/src/store/nicknames.ts';

/** In a conversation that goes on, its place in the list is written anew after so long: order within minutes is enough. */
const TOUCH_MS = 10 * 60_000;
const MOST = 10_000;
/** Until when what a user says in a room need not be written again by this sandbox, epoch milliseconds. */
const known = new Map<string, number>();

/** Throws `NoSuchUser`, about the message `ref`, where a conversation would begin with nobody who has ever said hello. */
export async function listDirectRoom(
  from: string,
  to: string,
  { room, ref }: { room: string; ref: string },
): Promise<void> {
  const key = `${from} ${room}`;
  if ((known.get(key) ?? 0) > Date.now()) return;
  // Only the first time: who has gone for good may still be written to by those who knew them.
  if (!(await hasSpoken(from, room)) && (await readNickname(to)) === undefined)
    throw new Refused('NoSuchUser', { ref });
  await recordDirectMessage(from, to, room);
  if (known.size >= MOST) known.clear();
  known.set(key, Date.now() + TOUCH_MS);
}
