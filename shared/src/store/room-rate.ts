// The message rate of a room: what all guests and plain clients together may send to it.

import { env } from '../env.ts';
import { Refused } from '../protocol/errors.ts';
import { roomRateKey } from './keys.ts';
import { takeToken } from './token-bucket.ts';

const perSecond = Number(env('ROOM_MESSAGES_PER_SECOND'));
/** A lively moment may use up the messages of so many seconds at once. */
const BURST_S = 5;
/** All who are refused at one moment come back spread over this time, milliseconds. */
const SPREAD_MS = 2_000;
/** Rooms that are above their rate, and until when, epoch milliseconds: until then a refusal needs no call. */
const fullUntil = new Map<string, number>();
const MOST_REMEMBERED = 10_000;

/**
 * Takes one token of the room's bucket. Throws `RateLimited`, about the message `ref`, where guests have said too much in it.
 * Without a limit (0) it costs no call.
 */
export async function takeRoomToken(
  room: string,
  ref: string | null,
  nowMs = Date.now(),
): Promise<void> {
  if (perSecond === 0) return;
  const size = Math.max(1, Math.round(perSecond * BURST_S));
  const everyMs = 1000 / perSecond;
  let afterMs = (fullUntil.get(room) ?? 0) - nowMs;
  if (afterMs <= 0) {
    const taken = await takeToken(
      {
        ...{ Key: roomRateKey(room), size, everyMs },
        also: ', expiresAt = :end',
        values: { ':end': { N: String(Math.ceil((nowMs + size * everyMs) / 1000)) } },
      },
      nowMs,
    );
    afterMs = taken.afterMs;
    if (afterMs === 0) return;
    if (fullUntil.size >= MOST_REMEMBERED) fullUntil.clear();
    fullUntil.set(room, nowMs + afterMs);
  }
  const spread = Math.floor(Math.random() * SPREAD_MS);
  throw new Refused('RateLimited', { ref, afterMs: Math.max(1, Math.ceil(afterMs)) + spread });
}
