// Direct rooms: the conversation of two users. Both userIds are in its name, so the right to read it needs no look-up.

/** What a user can be called: `u_…`, `guest-…`, or what an issuer calls a `sub`. No colon: two of them make a room. */
const USER_ID = /^[\w.|@+-]{1,128}$/;
const DIRECT = 'dm:';

export const isUserId = (value: unknown): value is string =>
  typeof value === 'string' && USER_ID.test(value);

/** `dm:<userA>:<userB>`, the ids in order: the same room for both. */
export const directRoom = (one: string, other: string): string =>
  DIRECT + [one, other].sort().join(':');

/** The two users of a direct room; undefined for any other name. */
export function directPeers(room: string): [string, string] | undefined {
  if (!room.startsWith(DIRECT)) return undefined;
  const [one, other, ...rest] = room.slice(DIRECT.length).split(':');
  if (!isUserId(one) || !isUserId(other) || rest.length > 0 || one === other) return undefined;
  return directRoom(one, other) === room ? [one, other] : undefined;
}
