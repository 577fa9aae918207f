// A `welcome` that fits into one frame: what comes first, and what a later frame carries.

import type { Heads, Invitation, Role, Welcome } from '../../../shared/src/protocol/frames.ts';
import { directPeers } from '../../../shared/src/rules/direct-room.ts';
import { fittingEntries } from '../frame-budget.ts';

export interface WelcomeContents {
  heads: Heads;
  /** Of the private rooms. */
  roles: { [room: string]: Role };
  invitations: Invitation[];
  here: Welcome['here'];
}

/**
 * Heads and roles of the rooms that are heard fit at all limits at once: 50 names of 64 four-byte letters are 13 KB, told
 * twice. Then invitations, which a later welcome tells again; then direct rooms, which a pong tells; then who is here.
 */
export function fitWelcome(
  welcome: Omit<Welcome, 'heads' | 'private' | 'invitations' | 'here'>,
  { heads, roles, invitations, here }: WelcomeContents,
): Welcome {
  const isDirect = ([room]: [string, number]) => directPeers(room) !== undefined;
  const all = Object.entries(heads);
  const direct = Object.fromEntries(all.filter(isDirect));
  const named = Object.fromEntries(all.filter((entry) => !isDirect(entry)));

  const rooms: Welcome = { ...welcome, heads: {}, here: {} };
  rooms.heads = fittingEntries(rooms, named);
  if (Object.keys(roles).length > 0)
    rooms.private = fittingEntries({ ...rooms, private: {} }, roles);
  const waiting = Object.fromEntries(invitations.entries());
  const asked = Object.values(fittingEntries({ ...rooms, invitations: [] }, waiting));
  if (asked.length > 0) rooms.invitations = asked;
  rooms.heads = { ...rooms.heads, ...fittingEntries(rooms, direct) };
  return { ...rooms, here: fittingEntries(rooms, here) };
}
